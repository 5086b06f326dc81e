import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXAMPLES, snapshotFileOf } from '../../infra/examples.ts';
import { ROOT } from './compile.ts';
import { goldenSnapshots, ofType, type Snapshot } from './snapshot.ts';

const ROLE_NAMES: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': 'Storage Queue Data Message Sender',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd': 'Cognitive Services OpenAI User',
};

/** Whose principal a module gives out. */
const HOLDERS: Readonly<Record<string, string>> = { identity: 'application', uploadsTopic: 'events' };

/** `application: Storage Blob Data Reader on images`, in alphabetical order. */
function grants(snapshot: Snapshot): readonly string[] {
  return ofType(snapshot, 'Microsoft.Authorization/roleAssignments')
    .map(({ id, properties }) => {
      const module = /format\('(identity|uploadsTopic)-/.exec(properties.principalId)?.[1];
      const holder = module ? HOLDERS[module] : properties.principalId;
      const scope = id.split('/providers/Microsoft.Authorization')[0] ?? '';
      const role = ROLE_NAMES[properties.roleDefinitionId.split('/').at(-1)];
      return `${holder}: ${role} on ${scope
        .split('/')
        .at(-1)
        ?.replace(/-?[a-z0-9]{13}(?=host|data|$)/, '')}`;
    })
    .sort();
}

function example(name: (typeof EXAMPLES)[number]): Snapshot {
  const snapshot = goldenSnapshots.get(name);
  if (!snapshot) throw new Error(`There is no golden file of ${name}.`);
  return snapshot;
}

describe('role assignments', () => {
  it('give each identity what it needs, each on its own resource, for the blob trigger', () => {
    expect(grants(example('infra/examples/seed.bicepparam'))).toEqual([
      'application: Cognitive Services OpenAI User on argus-seed-australiaeast',
      'application: Cognitive Services OpenAI User on argus-seed-swedencentral',
      'application: Cognitive Services OpenAI User on argus-seed-switzerlandnorth',
      'application: Cognitive Services OpenAI User on argus-seed-westus',
      'application: Monitoring Metrics Publisher on argus-seed-insights',
      'application: Storage Blob Data Contributor on inbox',
      'application: Storage Blob Data Contributor on results',
      'application: Storage Blob Data Contributor on results-http',
      'application: Storage Blob Data Owner on sthost',
      'application: Storage Blob Data Reader on deadletters',
      'application: Storage Blob Data Reader on images',
      'application: Storage Queue Data Contributor on stdata',
      'application: Storage Queue Data Contributor on sthost',
      'application: Storage Table Data Contributor on stdata',
      'application: Storage Table Data Contributor on sthost',
      'events: Storage Blob Data Contributor on deadletters',
    ]);
  });

  it('need no queue of the host for messages, and let Event Grid write to one queue', () => {
    const granted = grants(example('infra/examples/private.bicepparam'));
    expect(granted.filter((grant) => grant.startsWith('events'))).toEqual([
      'events: Storage Blob Data Contributor on deadletters',
      'events: Storage Queue Data Message Sender on image-events',
    ]);
    expect(granted).not.toContain('application: Storage Queue Data Contributor on sthost');
  });

  it.each(EXAMPLES)('%s names no principal and no wider scope than a resource', (name) => {
    for (const { id } of ofType(example(name), 'Microsoft.Authorization/roleAssignments')) {
      expect(id).toMatch(/resourceGroups\/[^/]+\/providers\/.+\/providers\/Microsoft\.Authorization/);
    }
  });
});

describe('keys', () => {
  it.each(EXAMPLES)('%s holds none, and asks for none', (name) => {
    const text = readFileSync(join(ROOT, snapshotFileOf(name)), 'utf8');
    expect(text).not.toMatch(/listKeys|listAccountSas|AccountKey=|SharedAccessSignature|api-key|sig=/i);
  });

  it("are read by the second phase alone, and only the one of Event Grid's webhook", () => {
    const templates = ['main', 'webhook'].map((name) => readFileSync(join(ROOT, 'infra', `${name}.bicep`), 'utf8'));
    expect(templates.map((text) => text.match(/listKeys\(.*?\)\.\w+\.\w+/g))).toEqual([
      null,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Bicep's interpolation, as text
      ["listKeys('${functionApp.id}/host/default', '2025-03-01').systemKeys.blobs_extension"],
    ]);
  });
});
