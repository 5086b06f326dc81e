import { resourceOfAssignment } from '../../local/access/templateAccess.ts';
import { ofType, type PredictedResource, type Snapshot } from './snapshot.ts';

/**
 * Rules of PSRule for Azure (`Azure.*`), Checkov (`CKV_*`) and the checks of the Functions tools (`ST-`, `SC-`, `PF-`), as
 * their documentation had them in November 2026, each on every resource of its type in every example.
 */
type Rule = readonly [rule: string, type: string, holds: (resource: PredictedResource) => unknown, expected: unknown];

const STORAGE = 'Microsoft.Storage/storageAccounts';
const SITE = 'Microsoft.Web/sites';
const OPENAI = 'Microsoft.CognitiveServices/accounts';
const ROLES = 'Microsoft.Authorization/roleAssignments';

export const rules: readonly Rule[] = [
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
  [
    'Azure.AI.Naming, Azure.AI.FoundryNaming: named for the environment and the region',
    OPENAI,
    ({ name, location, tags }) => name.startsWith(`argus-${tags?.['azd-env-name']}-${location}-`),
    true,
  ],
  [
    'a model account calls nothing: images travel as bytes',
    OPENAI,
    ({ properties }) => [properties.restrictOutboundNetworkAccess, properties.allowedFqdnList],
    [true, []],
  ],
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
  [
    'Azure.RBAC.LimitOwner',
    ROLES,
    ({ properties }) => properties.roleDefinitionId.endsWith('8e3af657-a8ff-443c-a75c-2fe8c4bcb635'),
    false,
  ],
  [
    'Azure.RBAC.LimitMGDelegation',
    ROLES,
    ({ id }) => /^\/subscriptions\/[^/]+\/resourceGroups\//.test(resourceOfAssignment(id)),
    true,
  ],
];

/** A rule on a whole example: `seen` is what it is about. */
type WholeRule = readonly [rule: string, seen: (snapshot: Snapshot) => unknown, expected: unknown];

const TAKES_NO_TAGS =
  /\/(blobServices|queueServices|tableServices|managementPolicies|containers|queues|tables|config|basicPublishingCredentialsPolicies|eventSubscriptions|privateDnsZoneGroups)$|diagnosticSettings|roleAssignments|locks/;

export const wholeRules: readonly WholeRule[] = [
  [
    'CKV_AZURE_33: writes to the queues of both accounts are logged, failed deliveries of events, and who manages the models',
    (snapshot) =>
      Object.entries(
        Object.groupBy(ofType(snapshot, 'Microsoft.Insights/diagnosticSettings'), ({ id }) => id.split('/')[7] ?? ''),
      )
        .map(([type, settings = []]) => [
          type,
          [...new Set(settings.map(({ properties }) => properties.logs[0].category))],
        ])
        .toSorted(),
    [
      ['accounts', ['Audit']],
      ['storageAccounts', ['StorageWrite']],
      ['systemTopics', ['DeliveryFailures']],
    ],
  ],
  [
    'Azure.Resource.UseTags: everything that takes tags names its environment',
    ({ predictedResources }) =>
      predictedResources
        .filter(({ type, tags }) => !TAKES_NO_TAGS.test(type) && !/^[a-z]+$/.test(tags?.['azd-env-name'] ?? ''))
        .map(({ name }) => name),
    [],
  ],
  [
    "ST-005: no lifecycle rule reaches the host's containers, and each names a container with its slash",
    (snapshot) =>
      ofType(snapshot, `${STORAGE}/managementPolicies`).map(({ name, properties }) => [
        name.replace(/^st[a-z0-9]{13}/, ''),
        properties.policy.rules.map((rule: LifecycleRule) => rule.definition.filters.prefixMatch),
      ]),
    [['data/default', [['deadletters/']]]],
  ],
  [
    "ST-006: the host's account is where the app is",
    (snapshot) => {
      const host = ofType(snapshot, STORAGE).find(({ name }) => name.endsWith('host'));
      return ofType(snapshot, SITE).map(({ location }) => location === host?.location);
    },
    [true],
  ],
  [
    'Azure.VNET.UseNSGs',
    (snapshot) =>
      ofType(snapshot, 'Microsoft.Network/virtualNetworks')
        .flatMap(({ properties }) => properties.subnets)
        .filter(({ properties }) => !properties.networkSecurityGroup?.id),
    [],
  ],
  [
    'Azure.RBAC.CoAdministrator',
    ({ predictedResources }) => predictedResources.filter(({ type }) => type.includes('classicAdministrators')),
    [],
  ],
];

interface LifecycleRule {
  readonly definition: { readonly filters: { readonly prefixMatch: readonly string[] } };
}
