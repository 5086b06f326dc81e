import { KNOWN_API_VERSIONS } from '../../infra/knownToAzure.ts';

/** Answers of Azure's resource manager as its public sources have them; `value` of lists. */

/** `locations/{location}/usages`: azure-rest-api-specs, Microsoft.CognitiveServices 2025-06-01, examples/ListUsages.json. */
export const LISTED_USAGE = {
  name: { value: 'AccountCount', localizedValue: 'Cognitive Services total account limit' },
  currentValue: 3,
  limit: 200,
  unit: 'Count',
};

/**
 * `OpenAI.GlobalStandard.gpt-4o` of one subscription by region, counted by region:
 * microsoft/Multi-Agent-Custom-Automation-Engine-Solution-Accelerator, issue 257 (2025-06-10).
 */
export const RECORDED_QUOTA = [
  { region: 'australiaeast', limit: 50, used: 0 },
  { region: 'eastus2', limit: 50, used: 10 },
  { region: 'francecentral', limit: 50, used: 0 },
] as const;

/** `locations/{location}/models`: azure-rest-api-specs, 2024-10-01, examples/ListLocationModels.json. */
export const LISTED_MODEL = {
  kind: 'OpenAI',
  skuName: 'S0',
  model: {
    format: 'OpenAI',
    name: 'ada',
    version: '1',
    maxCapacity: 3,
    capabilities: { fineTune: 'true', inference: 'false', scaleType: 'Manual', completion: 'true', search: 'true' },
    deprecation: { fineTune: '2024-01-01T00:00:00Z', inference: '2024-01-01T00:00:00Z' },
    lifecycleStatus: 'Preview',
    skus: [
      {
        name: 'provisioned',
        usageName: 'OpenAI.Provisioned.Class1',
        capacity: { minimum: 100, maximum: 1000, step: 100, default: 100 },
      },
    ],
  },
};

/** `deletedAccounts`: azure-rest-api-specs, 2023-05-01, examples/ListDeletedAccountsBySubscription.json. */
export const DELETED_ACCOUNT = {
  id: '/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx/resourceGroups/bvttest/providers/Microsoft.CognitiveServices/accounts/CrisProd',
  name: 'CrisProd',
  type: 'Microsoft.CognitiveServices/accounts',
  location: 'westus',
  sku: { name: 'S0' },
  kind: 'CRIS',
  properties: { endpoint: 'https://westus.api.cognitive.microsoft.com/sts/v1.0', provisioningState: 'Succeeded' },
};

/** `Microsoft.Authorization/permissions` of a Contributor: Learn, Use the Resource Manager authentication API. */
export const CONTRIBUTOR = [
  { actions: ['*'], notActions: ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/*/Delete'] },
  { actions: ['*/read'], notActions: [] },
];

/** What the role Role Based Access Control Administrator adds: Learn, Azure built-in roles. */
export const ROLE_ADMINISTRATOR = [
  {
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
      'Microsoft.Support/*',
    ],
    notActions: [],
  },
];

/** `checkDomainAvailability`: azure-rest-api-specs, 2025-06-01, examples/CheckDomainAvailability.json. */
export const TAKEN_SUBDOMAIN = {
  isSubdomainAvailable: false,
  reason: "Sub domain name 'contosodemoapp1' is not valid",
  subdomainName: 'contosodemoapp1',
  type: 'Microsoft.CognitiveServices/accounts',
};

/** The same of a free name: Learn, Custom subdomain names for Azure AI services. */
export const FREE_SUBDOMAIN = { isSubdomainAvailable: true, reason: null, subdomainName: 'my-custom-name', type: null };

/** `checkNameAvailability`: azure-rest-api-specs, 2023-01-01, examples/StorageAccountCheckNameAvailability.json. */
export const FREE_STORAGE_NAME = { nameAvailable: true };

/** `providers`: shaped as azure-rest-api-specs, Microsoft.Resources 2021-04-01, examples/GetProvider.json. */
export function registeredProviders(state: Readonly<Record<string, string>> = {}) {
  const namespaces = [...new Set(KNOWN_API_VERSIONS.map(({ type }) => type.split('/')[0] ?? '')), 'Microsoft.App'];
  return namespaces.map((namespace) => ({
    id: `/subscriptions/00000000-0000-0000-0000-000000000000/providers/${namespace}`,
    // Azure writes this one in lower case.
    namespace: namespace === 'Microsoft.Insights' ? 'microsoft.insights' : namespace,
    registrationState: state[namespace] ?? 'Registered',
    registrationPolicy: 'RegistrationRequired',
    resourceTypes: KNOWN_API_VERSIONS.filter(({ type }) => type.startsWith(`${namespace}/`))
      // Storage lists the services of an account and not what is in them.
      .filter(({ type }) => type.split('/').length < 4)
      .map(({ type, version }) => ({
        resourceType: type.split('/').slice(1).join('/'),
        locations: ['Sweden Central', 'East US 2', 'Japan East', 'France Central', 'Global'],
        apiVersions: [version, '2015-05-01'],
        capabilities: 'CrossResourceGroupResourceMove, SupportsTags, SupportsLocation',
      })),
  }));
}

/** A model as `LISTED_MODEL` has one, of the kinds that are deployed here. */
export function listedModel(name: string, version: string, skus: readonly string[], more: object = {}) {
  return {
    ...LISTED_MODEL,
    model: {
      ...LISTED_MODEL.model,
      name,
      version,
      lifecycleStatus: 'GenerallyAvailable',
      deprecation: { inference: '2027-09-17T00:00:00Z' },
      skus: skus.map((sku) => ({
        name: sku,
        usageName: sku.includes('Provisioned') ? `OpenAI.${sku}` : `OpenAI.${sku}.${name}`,
        capacity: { minimum: null, maximum: 1_000_000, step: null, default: 10 },
      })),
      ...more,
    },
  };
}

/** A usage as `LISTED_USAGE` has one, in thousands of tokens per minute. */
export function listedUsage(value: string, currentValue: number, limit: number) {
  return { ...LISTED_USAGE, name: { value, localizedValue: value }, currentValue, limit };
}
