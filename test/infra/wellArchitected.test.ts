import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { builtRules } from './builtRules.ts';
import { hasCompiler } from './compile.ts';
import { exceptions } from './ruleExceptions.ts';
import { goldenSnapshots, ofType, TEMPLATES, templateOf } from './snapshot.ts';
import { rules, wholeRules } from './templateRules.ts';

vi.setConfig({ testTimeout: 300_000 });

/** Every rule that is about something in the templates, as the pages of the tools listed them in November 2026. */
const RULES: readonly string[] = [
  ...named(
    'Azure.Storage',
    'BlobAccessType BlobPublicAccess ContainerSoftDelete Defender.DataScan Defender.MalwareScan',
  ),
  ...named('Azure.Storage', 'DefenderCloud Firewall MinTLS Name SecureTransfer SoftDelete UseReplication'),
  ...named('Azure.AI', 'DisableLocalAuth FoundryNaming ManagedIdentity Naming PrivateEndpoints PublicAccess'),
  ...named('Azure.AppService', 'AlwaysOn ARRAffinity HTTP2 ManagedIdentity MinPlan MinTLS RemoteDebug UseHTTPS'),
  ...named('Azure.AppService', 'WebProbe WebProbePath WebSecureFtp'),
  ...named('Azure.EventGrid', 'DisableLocalAuth ManagedIdentity TopicPublicAccess'),
  ...named('Azure.Deployment', 'OuterSecret OutputSecretValue SecureParameter SecureValue'),
  ...named('Azure.RBAC', 'CoAdministrator LimitMGDelegation LimitOwner PIM UseGroups UseRGDelegation'),
  ...['Azure.AppInsights.Workspace', 'Azure.Resource.UseTags', 'Azure.VNET.UseNSGs'],
  ...[3, 13, 14, 15, 16, 17, 18, 33, 34, 35, 36, 43, 44, 56, 57, 59, 134, 190, 206, 236].map((id) => `CKV_AZURE_${id}`),
  ...['ST-002', 'ST-005', 'ST-006', 'ST-008', 'SC-003', 'SC-004', 'SC-006', 'SC-008', 'SC-010', 'PF-005'],
];

function named(group: string, rulesOfGroup: string): readonly string[] {
  return rulesOfGroup.split(' ').map((rule) => `${group}.${rule}`);
}

/** The rules that rows of a table name. */
function namedBy(rows: readonly (readonly [rule: string, ...unknown[]])[]): readonly string[] {
  return rows.flatMap(([rule]) => rule.match(/Azure(?:\.\w+)+|CKV_AZURE_\d+|(?:ST|SC|PF)-\d{3}/g) ?? []);
}

const examples = EXAMPLES.map((example) => [example, goldenSnapshots.get(example)] as const);

const isThere = await hasCompiler();

describe('rules for good templates', () => {
  it('are each held, or left out with a reason, and none is both', () => {
    const inTables = [...namedBy(rules), ...namedBy(wholeRules), ...namedBy(builtRules), ...namedBy(exceptions)];
    expect(inTables.toSorted()).toEqual(RULES.toSorted());
  });

  it.each(rules)('%s', (_rule, type, holds, expected) => {
    for (const [example, snapshot] of examples) {
      const resources = snapshot ? ofType(snapshot, type) : [];
      expect(resources.length, `${example} has ${type}`).toBeGreaterThan(0);
      for (const resource of resources) expect(holds(resource), `${example}: ${resource.name}`).toEqual(expected);
    }
  });

  it.each(wholeRules)('%s', (_rule, seen, expected) => {
    for (const [example, snapshot] of examples) expect(snapshot && seen(snapshot), example).toEqual(expected);
  });

  it.runIf(isThere).each(builtRules)('%s', async (_rule, breaks) => {
    for (const template of TEMPLATES) {
      expect(breaks(await templateOf(template)), template).toEqual([]);
    }
  });

  it.each(exceptions)('%s is left out: %s', (_rule, _reason, seen, expected) => {
    const snapshot = goldenSnapshots.get('infra/main.bicepparam');
    expect(snapshot && seen(snapshot)).toEqual(expected);
  });

  it('private: nothing is open, the deployment endpoint neither, and everything has its private endpoint', () => {
    const snapshot = goldenSnapshots.get('infra/examples/private.bicepparam');
    if (!snapshot) throw new Error('There is no golden file of the private network.');
    expect(
      ofType(snapshot, 'Microsoft.Storage/storageAccounts').map(({ properties }) => [
        properties.publicNetworkAccess,
        properties.networkAcls.defaultAction,
      ]),
    ).toEqual([
      ['Disabled', 'Deny'],
      ['Disabled', 'Deny'],
    ]);
    expect(
      ofType(snapshot, 'Microsoft.CognitiveServices/accounts').map(({ properties }) => properties.publicNetworkAccess),
    ).toEqual(['Disabled', 'Disabled']);
    expect(ofType(snapshot, 'Microsoft.Web/sites')[0]?.properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      siteConfig: { ipSecurityRestrictionsDefaultAction: 'Deny', scmIpSecurityRestrictionsDefaultAction: 'Deny' },
    });
    expect(ofType(snapshot, 'Microsoft.Network/privateEndpoints').map(({ name }) => name)).toEqual(
      [
        'host-blob',
        'data-blob',
        'host-queue',
        'data-queue',
        'host-table',
        'data-table',
        'models-francecentral',
        'models-swedencentral',
        'app',
      ].map((name) => `argus-private-${name}`),
    );
    expect(ofType(snapshot, 'Microsoft.Network/virtualNetworks')[0]?.properties.subnets).toHaveLength(2);
  });
});
