import { describe, expect, it } from 'vitest';
import { grantSentence, type PredictedResource, readTemplateAccess } from '../../../local/access/templateAccess.ts';

const GROUP = '/subscriptions/s/resourceGroups/g/providers';
const HOST = `${GROUP}/Microsoft.Storage/storageAccounts/sthost`;
const DATA = `${GROUP}/Microsoft.Storage/storageAccounts/stdata`;
const READER = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1';

const resource = (id: string, type: string, properties: object): PredictedResource => ({
  ...{ id, type, properties },
  name: id.split('/').at(-1) ?? '',
});

const accounts: readonly PredictedResource[] = [
  resource(HOST, 'Microsoft.Storage/storageAccounts', {}),
  resource(DATA, 'Microsoft.Storage/storageAccounts', { allowSharedKeyAccess: false }),
  resource(
    `${DATA}/blobServices/default/containers/images`,
    'Microsoft.Storage/storageAccounts/blobServices/containers',
    {},
  ),
  resource(`${DATA}/queueServices/default/queues/due`, 'Microsoft.Storage/storageAccounts/queueServices/queues', {}),
  {
    ...resource('app', 'Microsoft.Web/sites/config', {
      AzureWebJobsStorage__blobServiceUri: "[format('https://{0}.blob', 'sthost')]",
      IMAGES_STORAGE__blobServiceUri: "[format('https://{0}.blob', 'stdata')]",
    }),
    name: 'app/appsettings',
  },
];

const ofModule = (module: string): string => `[reference(format('${module}-{0}', 'x')).outputs.principalId.value]`;

function assignment(on: string, principalId: string, roleId = READER): PredictedResource {
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
  const id = `${on}/providers/Microsoft.Authorization/roleAssignments/1`;
  return resource(id, 'Microsoft.Authorization/roleAssignments', { principalId, roleDefinitionId });
}

const sentenceOf = (given: PredictedResource): string | undefined =>
  readTemplateAccess([...accounts, given]).grants.map(grantSentence)[0];

describe('readTemplateAccess', () => {
  it('reads the resource of an assignment whose name is known only when its principal is', () => {
    const named = assignment(DATA, ofModule('uploadsTopic'));
    const id = `[extensionResourceId('${DATA}', 'Microsoft.Authorization/roleAssignments', guid('${DATA}', reference('x')))]`;
    expect(sentenceOf({ ...named, id })).toBe('events: Storage Blob Data Reader on data');
  });

  it.each([
    [HOST, ofModule('identity'), 'application: Storage Blob Data Reader on host'],
    [DATA, ofModule('uploadsTopic'), 'events: Storage Blob Data Reader on data'],
    [
      `${DATA}/blobServices/default/containers/images`,
      'a-b-c',
      'operator: Storage Blob Data Reader on data/blob/images',
    ],
    [`${DATA}/queueServices/default/queues/due`, 'a-b-c', 'operator: Storage Blob Data Reader on data/queue/due'],
    [`${DATA}/tableServices/default/tables/usage`, 'a-b-c', 'operator: Storage Blob Data Reader on data/table/usage'],
    [`${GROUP}/Microsoft.Insights/components/c`, 'a-b-c', 'operator: Storage Blob Data Reader on insights'],
    [
      `${GROUP}/Microsoft.CognitiveServices/accounts/theirs`,
      'a-b-c',
      'operator: Storage Blob Data Reader on models/theirs',
    ],
  ])('reads who may do what on %s', (on, principalId, sentence) => {
    expect(sentenceOf(assignment(on, principalId))).toBe(sentence);
  });

  it('reads what the accounts hold, and which of them take keys', () => {
    expect(readTemplateAccess(accounts).accounts).toEqual({
      host: { takesKeys: true, containers: [], queues: [], tables: [] },
      data: { takesKeys: false, containers: ['images'], queues: ['due'], tables: [] },
    });
  });

  it.each([
    ['a role', assignment(DATA, 'a-b-c', 'no-such-role'), 'The role no-such-role is not in builtInRoles.ts.'],
    ['a principal', assignment(DATA, ofModule('other')), 'The principal of the module other has no caller.'],
    ['a resource', assignment(`${GROUP}/Microsoft.KeyVault/vaults/v`, 'a-b-c'), 'Microsoft.KeyVault/vaults/v, which'],
    ['another account', assignment(`${DATA}2`, 'a-b-c'), 'storageAccounts/stdata2, which'],
    ['a whole resource group', assignment('/subscriptions/s/resourceGroups/g', 'a-b-c'), 'resourceGroups/g, which'],
  ])('stops at %s that it does not know', (_what, given, sentence) => {
    expect(() => sentenceOf(given)).toThrow(sentence);
  });
});
