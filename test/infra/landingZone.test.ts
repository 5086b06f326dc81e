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

describe('private DNS zones', () => {
  const PLATFORM = /^\/subscriptions\/33333333-.+\/resourceGroups\/rg-platform\//;

  it('of a hub are used: none is made or linked, and every endpoint is found in them', () => {
    expect(
      landingZone.predictedResources.filter(({ type }) => type.startsWith('Microsoft.Network/privateDns')),
    ).toEqual([]);
    const groups = ofType(landingZone, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups');
    expect(groups).toHaveLength(ofType(landingZone, 'Microsoft.Network/privateEndpoints').length);
    for (const { properties } of groups) {
      for (const config of properties.privateDnsZoneConfigs) {
        expect(config.properties.privateDnsZoneId).toMatch(PLATFORM);
      }
    }
  });

  it('are made and linked where there is no hub', () => {
    const own = example('examples/private');
    expect(ofType(own, 'Microsoft.Network/privateDnsZones')).toHaveLength(6);
    expect(ofType(own, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks')).toHaveLength(6);
  });
});

describe('a model account that is there already', () => {
  it('is reached through a private endpoint in the network, beside the new one', () => {
    const models = ofType(landingZone, 'Microsoft.Network/privateEndpoints').filter(({ name }) =>
      name.includes('-models-'),
    );
    expect(
      models.map(({ properties }) => properties.privateLinkServiceConnections[0].properties.privateLinkServiceId),
    ).toEqual([
      expect.stringMatching(/rg-argus-example\/.+\/accounts\/argus-landing-swedencentral-/),
      '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-models/providers/Microsoft.CognitiveServices/accounts/shared-models',
    ]);
    for (const { name, properties } of models) {
      expect(name.length).toBeLessThanOrEqual(80);
      expect(properties.subnet.id).toMatch(/\/rg-platform\/.+\/subnets\/endpoints$/);
    }
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

describe('the content filter', () => {
  it("is Azure's unless a deployment names its own", () => {
    const deployments = 'Microsoft.CognitiveServices/accounts/deployments';
    const policyOf = ({ properties }: PredictedResource): unknown => properties.raiPolicyName;
    expect(each(small, deployments, policyOf)).toEqual([null, null, null]);
    expect(each(example('examples/provisioned'), deployments, policyOf)).toEqual([null, 'Microsoft.DefaultV2', null]);
  });
});

describe('telemetry', () => {
  const workspaces = 'Microsoft.OperationalInsights/workspaces';
  const capOf = ({ properties }: PredictedResource): unknown => properties.workspaceCapping.dailyQuotaGb;

  it('has no daily cap by default, which would silence the alerts, and the cap that is named', () => {
    expect(each(small, workspaces, capOf)).toEqual([-1]);
    expect(each(example('examples/provisioned'), workspaces, capOf)).toEqual([5]);
  });

  it('has the logs of the model accounts that are named, by default only who managed them', () => {
    const logsOf = (snapshot: Snapshot): readonly unknown[] =>
      ofType(snapshot, 'Microsoft.Insights/diagnosticSettings')
        .filter(({ name }) => name === 'account')
        .map(({ properties }) => properties.logs.map(({ category }: { category: string }) => category));
    expect(logsOf(small)).toEqual([['Audit'], ['Audit'], ['Audit']]);
    expect(logsOf(example('examples/provisioned'))[0]).toEqual(['Audit', 'AzureOpenAIRequestUsage']);
  });
});

describe('the version of Node', () => {
  it('is 24 unless another is named', () => {
    const runtimes = each(small, 'Microsoft.Web/sites', ({ properties }) => properties.functionAppConfig.runtime);
    expect(runtimes).toEqual([{ name: 'node', version: '24' }]);
  });
});
