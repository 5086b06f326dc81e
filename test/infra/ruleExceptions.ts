import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceOfAssignment } from '../../local/access/templateAccess.ts';
import { ROOT } from './compile.ts';
import { ofType, type PredictedResource, type Snapshot } from './snapshot.ts';

/** What a rule asks and a public deployment leaves out, with the reason. `seen` shows that it is still so. */
type RuleException = readonly [rule: string, reason: string, seen: (snapshot: Snapshot) => unknown, expected: unknown];

const STORAGE = 'Microsoft.Storage/storageAccounts';
const SITE = 'Microsoft.Web/sites';
const OPENAI = 'Microsoft.CognitiveServices/accounts';
const ROLES = 'Microsoft.Authorization/roleAssignments';

/** What the resources of a type have, each value once; none where there is no such resource. */
function each(type: string, has: (resource: PredictedResource) => unknown): RuleException[2] {
  return (snapshot) => [...new Set(ofType(snapshot, type).map(has))];
}

/** The resources whose type is such a one. */
function typesLike(pattern: RegExp): RuleException[2] {
  return ({ predictedResources }) => predictedResources.map(({ type }) => type).filter((type) => pattern.test(type));
}

export const exceptions: readonly RuleException[] = [
  [
    'Azure.Storage.UseReplication, CKV_AZURE_206',
    'images are copies of what the sender has, and results can be made again: three copies in one place are enough',
    each(STORAGE, ({ sku }) => sku?.name),
    ['Standard_LRS'],
  ],
  [
    'Azure.Storage.Firewall, CKV_AZURE_35, CKV_AZURE_59',
    'people upload from where they are, with Entra ID only; network `private` closes it',
    each(STORAGE, ({ properties }) => properties.networkAcls.defaultAction),
    ['Allow'],
  ],
  [
    'Azure.AI.PublicAccess, Azure.AI.PrivateEndpoints, CKV_AZURE_134',
    'the app has no network of its own; local authentication is off; network `private` closes it',
    each(OPENAI, ({ properties }) => properties.publicNetworkAccess),
    ['Enabled'],
  ],
  [
    'CKV_AZURE_13, CKV_AZURE_56',
    'callers bring a function key, so that a script needs no app registration; `signIn` turns it on',
    each(`${SITE}/config`, ({ name }) => name.split('/').at(-1)),
    ['appsettings'],
  ],
  [
    'CKV_AZURE_17',
    'client certificates would shut out Event Grid, whose webhook brings none',
    each(SITE, ({ properties }) => properties.clientCertEnabled),
    [undefined],
  ],
  [
    'SC-010',
    'the types of the resource do not know the property, and what is unknown is a diagnostic',
    each(SITE, ({ properties }) => properties.functionsRuntimeAdminIsolationEnabled),
    [undefined],
  ],
  [
    'Azure.AppService.WebSecureFtp, SC-006',
    'Flex Consumption has no FTP, and refuses a site that names `ftpsState`; the password of FTP is off too',
    each(SITE, ({ properties }) => properties.siteConfig.ftpsState),
    [undefined],
  ],
  [
    'Azure.AppService.WebProbe, Azure.AppService.WebProbePath',
    'Flex Consumption has no health probe; the heartbeat alert watches instead',
    each(SITE, ({ properties }) => properties.siteConfig.healthCheckPath),
    [undefined],
  ],
  [
    'Azure.AppService.AlwaysOn, Azure.AppService.MinPlan',
    'Flex Consumption has no such switch: `alwaysReady` keeps instances, and its one size is no plan of the rule',
    each('Microsoft.Web/serverfarms', ({ sku }) => sku?.name),
    ['FC1'],
  ],
  [
    'Azure.Storage.DefenderCloud, Azure.Storage.Defender.MalwareScan, Azure.Storage.Defender.DataScan',
    'it is paid by the account and by the gigabyte scanned; who answers for the subscription turns it on for all of it',
    typesLike(/^Microsoft\.Security\//),
    [],
  ],
  [
    'Azure.EventGrid.DisableLocalAuth, Azure.EventGrid.TopicPublicAccess',
    'they are about topics that somebody publishes to: a system topic has no key and no address, and Azure alone writes to it',
    typesLike(/^Microsoft\.EventGrid\/(?!systemTopics\b)/),
    [],
  ],
  [
    'Azure.RBAC.UseGroups',
    'whoever runs azd is the operator, so that the first upload needs no group; `operatorPrincipalType` takes one',
    () =>
      readFileSync(join(ROOT, 'infra/main.bicepparam'), 'utf8').match(/readEnvironmentVariable\('AZURE_PRINCIPAL_\w+/g),
    ["readEnvironmentVariable('AZURE_PRINCIPAL_ID", "readEnvironmentVariable('AZURE_PRINCIPAL_TYPE"],
  ],
  [
    'Azure.RBAC.UseRGDelegation',
    'a role on the whole group would reach the other account and every container: each is on the one thing it is for',
    each(ROLES, ({ id }) =>
      /resourceGroups\/[^/]+\/providers\/(?!Microsoft\.Authorization\/)/.test(resourceOfAssignment(id)),
    ),
    [true],
  ],
  [
    'Azure.RBAC.PIM',
    'an application cannot ask for its roles each time it starts',
    each(ROLES, ({ properties }) => properties.principalType),
    ['ServicePrincipal'],
  ],
];
