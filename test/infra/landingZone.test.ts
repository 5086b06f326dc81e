import { describe, expect, it } from 'vitest';
import { goldenSnapshots, ofType, type PredictedResource, type Snapshot } from './snapshot.ts';

function example(name: string): Snapshot {
  const snapshot = goldenSnapshots.get(`infra/${name}.bicepparam`);
  if (!snapshot) throw new Error(`There is no golden file of ${name}.`);
  return snapshot;
}

const landingZone = example('examples/landingZone');
const small = example('main');

/** Of each resource of a type, what `seen` gives. */
function each(snapshot: Snapshot, type: string, seen: (resource: PredictedResource) => unknown): readonly unknown[] {
  return ofType(snapshot, type).map(seen);
}

describe('zones', () => {
  it.each([
    ['by default are not asked for', small, false, 'Standard_LRS'],
    ['hold instances and both storage accounts where that is asked for', landingZone, true, 'Standard_ZRS'],
  ] as const)('%s', (_case, snapshot, isRedundant, sku) => {
    expect(each(snapshot, 'Microsoft.Web/serverfarms', ({ properties }) => properties.zoneRedundant)).toEqual([
      isRedundant,
    ]);
    expect(each(snapshot, 'Microsoft.Storage/storageAccounts', (account) => account.sku?.name)).toEqual([sku, sku]);
  });
});

describe('the lock', () => {
  it('keeps the account with the images from being deleted, and no other', () => {
    const locks = ofType(landingZone, 'Microsoft.Authorization/locks');
    expect(locks.map(({ id }) => /storageAccounts\/st[a-z0-9]{13}(\w+)\//.exec(id)?.[1])).toEqual(['data']);
    expect(locks[0]?.properties.level).toBe('CanNotDelete');
  });

  it('is not made by default, since azd could not take Argus down', () => {
    expect(ofType(small, 'Microsoft.Authorization/locks')).toEqual([]);
  });
});

describe('the version of Node', () => {
  it('is 24 unless another is named', () => {
    const runtimes = each(small, 'Microsoft.Web/sites', ({ properties }) => properties.functionAppConfig.runtime);
    expect(runtimes).toEqual([{ name: 'node', version: '24' }]);
  });
});
