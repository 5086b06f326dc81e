import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXAMPLES, snapshotFileOf } from '../../infra/examples.ts';
import { resourceOfAssignment } from '../../local/access/templateAccess.ts';
import { ROOT } from './compile.ts';
import { grants, OF_AN_OPERATOR } from './grants.ts';
import { goldenSnapshots, ofType, type Snapshot } from './snapshot.ts';

function example(name: (typeof EXAMPLES)[number]): Snapshot {
  const snapshot = goldenSnapshots.get(name);
  if (!snapshot) throw new Error(`There is no golden file of ${name}.`);
  return snapshot;
}

describe('role assignments', () => {
  it('give each identity what it needs, each on its own resource, for the blob trigger', () => {
    expect(grants(example('infra/examples/seed.bicepparam'))).toEqual([
      'application: Cognitive Services OpenAI User on models/australiaeast',
      'application: Cognitive Services OpenAI User on models/swedencentral',
      'application: Cognitive Services OpenAI User on models/switzerlandnorth',
      'application: Cognitive Services OpenAI User on models/westus',
      'application: Monitoring Metrics Publisher on insights',
      'application: Storage Blob Data Contributor on data/blob/inbox',
      'application: Storage Blob Data Contributor on data/blob/results',
      'application: Storage Blob Data Contributor on data/blob/results-http',
      'application: Storage Blob Data Owner on host',
      'application: Storage Blob Data Reader on data/blob/deadletters',
      'application: Storage Blob Data Reader on data/blob/images',
      'application: Storage Queue Data Contributor on data',
      'application: Storage Queue Data Contributor on host',
      'application: Storage Table Data Contributor on data',
      'application: Storage Table Data Contributor on host',
      'events: Storage Blob Data Contributor on data/blob/deadletters',
    ]);
  });

  it('need no queue of the host for messages, and let Event Grid write to one queue', () => {
    const granted = grants(example('infra/examples/private.bicepparam'));
    expect(granted.filter((grant) => grant.startsWith('events'))).toEqual([
      'events: Storage Blob Data Contributor on data/blob/deadletters',
      'events: Storage Queue Data Message Sender on data/queue/image-events',
    ]);
    expect(granted).not.toContain('application: Storage Queue Data Contributor on host');
  });

  it('let an operator upload images and read what came of them, and nothing more', () => {
    const granted = grants(example('infra/examples/provisioned.bicepparam'));
    expect(granted.filter((grant) => grant.startsWith('operator'))).toEqual(OF_AN_OPERATOR);
    const nobody = EXAMPLES.filter((name) => name !== 'infra/examples/provisioned.bicepparam');
    for (const name of nobody) expect(grants(example(name)).join(), name).not.toContain('operator');
  });

  it.each(EXAMPLES)('%s gives none on more than a resource', (name) => {
    for (const { id } of ofType(example(name), 'Microsoft.Authorization/roleAssignments')) {
      expect(resourceOfAssignment(id)).toMatch(/resourceGroups\/[^/]+\/providers\/.+/);
    }
  });
});

describe('names of role assignments', () => {
  it.each(EXAMPLES)(
    '%s holds the principal in each, so that none changes its principal after a new identity',
    (name) => {
      const assignments = ofType(example(name), 'Microsoft.Authorization/roleAssignments');
      expect(assignments.length).toBeGreaterThan(10);
      for (const { name: called, properties } of assignments) {
        const isKnown = !String(properties.principalId).includes('.outputs.principalId.value');
        // An operator's id is known, so the compiler has worked out the name from it.
        expect(called).toMatch(isKnown ? /^[0-9a-f-]{36}$/ : /^\[guid\(.+\.outputs\.principalId\.value/);
      }
    },
  );

  it('in the templates are made of the principal, whatever it is', () => {
    const names = globSync('infra/**/*.bicep', { cwd: ROOT }).flatMap(
      (file) => readFileSync(join(ROOT, file), 'utf8').match(/guid\((?!component\.id, 'workbook'\)).+\)/g) ?? [],
    );
    expect(names).toHaveLength(6);
    for (const name of names) expect(name).toMatch(/rincipalId|principals\[grant\.holder\]\.id/);
  });
});

describe('keys', () => {
  it.each(EXAMPLES)('%s holds none, and asks for none', (name) => {
    const text = readFileSync(join(ROOT, snapshotFileOf(name)), 'utf8');
    expect(text).not.toMatch(/listKeys|listAccountSas|AccountKey=|SharedAccessSignature|api-key|sig=/i);
  });

  it("are read by the second phase alone, and only the one of Event Grid's webhook", () => {
    const templates = ['main', 'queue', 'webhook'].map((name) =>
      readFileSync(join(ROOT, 'infra', `${name}.bicep`), 'utf8'),
    );
    expect(templates.map((text) => text.match(/listKeys\(.*?\)\.\w+\.\w+/g))).toEqual([
      null,
      null,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Bicep's interpolation, as text
      ["listKeys('${functionApp.id}/host/default', '2025-03-01').systemKeys.blobs_extension"],
    ]);
  });
});
