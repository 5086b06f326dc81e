import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { goldenSnapshots, ofType, type PredictedResource } from './snapshot.ts';

/**
 * Rules of PSRule for Azure (`Azure.*`), Checkov (`CKV_*`) and the checks of the Functions tools (`ST-`, `SC-`, `PF-`), as
 * their documentation had them in November 2026, each on every resource of its type in every example.
 */
type Rule = readonly [rule: string, type: string, holds: (resource: PredictedResource) => unknown, expected: unknown];

const STORAGE = 'Microsoft.Storage/storageAccounts';
const SITE = 'Microsoft.Web/sites';
const OPENAI = 'Microsoft.CognitiveServices/accounts';

const rules: readonly Rule[] = [
  ['Azure.Storage.SecureTransfer, CKV_AZURE_3', STORAGE, ({ properties }) => properties.supportsHttpsTrafficOnly, true],
  ['Azure.Storage.MinTLS, CKV_AZURE_44', STORAGE, ({ properties }) => properties.minimumTlsVersion, 'TLS1_2'],
  [
    'Azure.Storage.BlobPublicAccess, CKV_AZURE_190',
    STORAGE,
    ({ properties }) => properties.allowBlobPublicAccess,
    false,
  ],
  ['no shared keys', STORAGE, ({ properties }) => properties.allowSharedKeyAccess, false],
  ['Entra ID in the portal', STORAGE, ({ properties }) => properties.defaultToOAuthAuthentication, true],
  ['no replication to other tenants', STORAGE, ({ properties }) => properties.allowCrossTenantReplication, false],
  ['ST-002: no hierarchical namespace', STORAGE, ({ properties }) => properties.isHnsEnabled, false],
  ['CKV_AZURE_36: trusted services', STORAGE, ({ properties }) => properties.networkAcls.bypass, 'AzureServices'],
  ['CKV_AZURE_43, Azure.Storage.Name', STORAGE, ({ name }) => /^[a-z0-9]{3,24}$/.test(name), true],
  [
    'Azure.Storage.SoftDelete',
    `${STORAGE}/blobServices`,
    ({ properties }) => properties.deleteRetentionPolicy.enabled,
    true,
  ],
  [
    'Azure.Storage.ContainerSoftDelete',
    `${STORAGE}/blobServices`,
    ({ properties }) => properties.containerDeleteRetentionPolicy.enabled,
    true,
  ],
  [
    'Azure.Storage.BlobAccessType, CKV_AZURE_34',
    `${STORAGE}/blobServices/containers`,
    ({ properties }) => properties.publicAccess,
    'None',
  ],
  ['Azure.AppService.UseHTTPS, CKV_AZURE_14, SC-004', SITE, ({ properties }) => properties.httpsOnly, true],
  [
    'Azure.AppService.MinTLS, CKV_AZURE_15, SC-008',
    SITE,
    ({ properties }) => properties.siteConfig.minTlsVersion,
    '1.2',
  ],
  ['Azure.AppService.HTTP2, CKV_AZURE_18', SITE, ({ properties }) => properties.siteConfig.http20Enabled, true],
  ['Azure.AppService.WebSecureFtp, SC-006', SITE, ({ properties }) => properties.siteConfig.ftpsState, 'Disabled'],
  ['Azure.AppService.RemoteDebug', SITE, ({ properties }) => properties.siteConfig.remoteDebuggingEnabled, false],
  ['Azure.AppService.ARRAffinity', SITE, ({ properties }) => properties.clientAffinityEnabled, false],
  ['Azure.AppService.ManagedIdentity, CKV_AZURE_16', SITE, ({ identity }) => identity?.type, 'UserAssigned'],
  ['CKV_AZURE_57, SC-003: no origin may script it', SITE, ({ properties }) => properties.siteConfig.cors, undefined],
  [
    'no passwords for deployment',
    `${SITE}/basicPublishingCredentialsPolicies`,
    ({ properties }) => properties.allow,
    false,
  ],
  [
    'ST-008: code comes from a container, with the identity',
    SITE,
    ({ properties }) => properties.functionAppConfig.deployment.storage.authentication.type,
    'UserAssignedIdentity',
  ],
  [
    'PF-005: a limit of instances',
    SITE,
    ({ properties }) => properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount <= 1000,
    true,
  ],
  ['Azure.AI.DisableLocalAuth, CKV_AZURE_236', OPENAI, ({ properties }) => properties.disableLocalAuth, true],
  ['Azure.AI.ManagedIdentity', OPENAI, ({ identity }) => identity?.type, 'SystemAssigned'],
  ['Entra tokens need a subdomain', OPENAI, ({ name, properties }) => properties.customSubDomainName === name, true],
  [
    'no upgrade behind the catalogue',
    `${OPENAI}/deployments`,
    ({ properties }) => properties.versionUpgradeOption,
    'NoAutoUpgrade',
  ],
  [
    'Azure.EventGrid.ManagedIdentity',
    'Microsoft.EventGrid/systemTopics',
    ({ identity }) => identity?.type,
    'SystemAssigned',
  ],
  [
    'Azure.AppInsights.Workspace',
    'Microsoft.Insights/components',
    ({ properties }) => typeof properties.WorkspaceResourceId,
    'string',
  ],
  [
    'telemetry with Entra ID only',
    'Microsoft.Insights/components',
    ({ properties }) => properties.DisableLocalAuth,
    true,
  ],
];

/** What the rules ask and what a public deployment leaves out, with the reason. The test holds that it is still so. */
const exceptions: readonly (readonly [rule: string, reason: string, ...Rule])[] = [
  [
    'Azure.Storage.UseReplication, CKV_AZURE_206',
    'images are copies of what the sender has, and results can be made again: three copies in one place are enough',
    'replication',
    STORAGE,
    ({ sku }) => sku?.name,
    'Standard_LRS',
  ],
  [
    'Azure.Storage.Firewall, CKV_AZURE_35, CKV_AZURE_59',
    'people upload from where they are, with Entra ID only; network `private` closes it',
    'firewall',
    STORAGE,
    ({ properties }) => properties.networkAcls.defaultAction,
    'Allow',
  ],
  [
    'Azure.AI.PublicAccess, Azure.AI.PrivateEndpoints, CKV_AZURE_134',
    'the app has no network of its own; local authentication is off; network `private` closes it',
    'public network',
    OPENAI,
    ({ properties }) => properties.publicNetworkAccess,
    'Enabled',
  ],
  [
    'CKV_AZURE_13, CKV_AZURE_56',
    'callers bring a function key, so that a script needs no app registration; `signIn` turns it on',
    'platform sign-in',
    `${SITE}/config`,
    ({ name }) => name.split('/').at(-1),
    'appsettings',
  ],
  [
    'CKV_AZURE_17',
    'client certificates would shut out Event Grid, whose webhook brings none',
    'client certificates',
    SITE,
    ({ properties }) => properties.clientCertEnabled,
    undefined,
  ],
  [
    'SC-010',
    'the types of the resource do not know the property, and what is unknown is a diagnostic',
    'isolation of the admin paths',
    SITE,
    ({ properties }) => properties.functionsRuntimeAdminIsolationEnabled,
    undefined,
  ],
  [
    'Azure.AppService.WebProbe',
    'Flex Consumption has no health probe; the heartbeat alert watches instead',
    'probe',
    SITE,
    ({ properties }) => properties.siteConfig.healthCheckPath,
    undefined,
  ],
];

const named = EXAMPLES.map((example) => [example, goldenSnapshots.get(example)] as const);

describe('rules for good templates', () => {
  it.each(rules)('%s', (_rule, type, holds, expected) => {
    for (const [example, snapshot] of named) {
      const resources = snapshot ? ofType(snapshot, type) : [];
      expect(resources.length, `${example} has ${type}`).toBeGreaterThan(0);
      for (const resource of resources) expect(holds(resource), `${example}: ${resource.name}`).toEqual(expected);
    }
  });

  it.each(exceptions)('%s is left out: %s', (_rule, _reason, _what, type, holds, expected) => {
    const snapshot = goldenSnapshots.get('infra/main.bicepparam');
    const resources = snapshot ? ofType(snapshot, type) : [];
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) expect(holds(resource)).toEqual(expected);
  });

  it('CKV_AZURE_33: writes to the queues of both accounts are logged, and failed deliveries of events', () => {
    for (const [example, snapshot] of named) {
      const logs = snapshot ? ofType(snapshot, 'Microsoft.Insights/diagnosticSettings') : [];
      expect(
        logs.map(({ properties }) => properties.logs[0].category),
        example,
      ).toEqual(['StorageWrite', 'StorageWrite', 'DeliveryFailures']);
    }
  });

  it('Azure.Resource.UseTags: everything that takes tags names its environment', () => {
    const untaggable =
      /\/(blobServices|queueServices|tableServices|managementPolicies|containers|queues|tables|config|basicPublishingCredentialsPolicies|eventSubscriptions|privateDnsZoneGroups)$|diagnosticSettings|roleAssignments/;
    for (const [example, snapshot] of named) {
      for (const { type, name, tags } of snapshot?.predictedResources ?? []) {
        if (!untaggable.test(type)) expect(tags?.['azd-env-name'], `${example}: ${name}`).toMatch(/^[a-z]+$/);
      }
    }
  });

  it("ST-005: no lifecycle rule reaches the host's containers, and each names a container with its slash", () => {
    for (const [, snapshot] of named) {
      const policies = snapshot ? ofType(snapshot, `${STORAGE}/managementPolicies`) : [];
      expect(policies.map(({ name }) => /host\/default$/.test(name))).toEqual([false]);
      for (const rule of policies[0]?.properties.policy.rules ?? []) {
        expect(rule.definition.filters.prefixMatch).toEqual(['deadletters/']);
      }
    }
  });

  it('private: nothing is open but the deployment endpoint, and everything has its private endpoint', () => {
    const snapshot = goldenSnapshots.get('infra/examples/private.bicepparam');
    if (!snapshot) throw new Error('There is no golden file of the private network.');
    expect(ofType(snapshot, STORAGE).map(({ properties }) => properties.networkAcls.defaultAction)).toEqual([
      'Deny',
      'Deny',
    ]);
    expect(ofType(snapshot, OPENAI).map(({ properties }) => properties.publicNetworkAccess)).toEqual([
      'Disabled',
      'Disabled',
    ]);
    expect(ofType(snapshot, SITE)[0]?.properties.siteConfig).toMatchObject({
      ipSecurityRestrictionsDefaultAction: 'Deny',
      scmIpSecurityRestrictionsDefaultAction: 'Allow',
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
    const subnets = ofType(snapshot, 'Microsoft.Network/virtualNetworks')[0]?.properties.subnets;
    expect(subnets.every((subnet: PredictedResource) => subnet.properties.networkSecurityGroup.id)).toBe(true);
  });
});
