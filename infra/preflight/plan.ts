import { z } from 'zod';
import { apiVersionOf } from '../knownToAzure.ts';
import { regionName } from './row.ts';

/** What a deployment of the templates would create, from what the compiler predicts. */

export interface PlannedType {
  readonly type: string;
  readonly apiVersion: string;
  /** Where it is created; `global` for types without a region, empty for parts of another resource. */
  readonly locations: readonly string[];
}

interface PlannedAccount {
  readonly name: string;
  readonly subdomain: string;
  readonly region: string;
}

export interface PlannedModel {
  readonly account: string;
  readonly deployment: string;
  readonly region: string;
  readonly model: string;
  readonly version: string;
  readonly sku: string;
  /** Thousands of tokens per minute, or units of a provisioned type. */
  readonly capacity: number;
}

export interface Plan {
  readonly types: readonly PlannedType[];
  /** Namespaces that are needed though no resource is of theirs. */
  readonly otherProviders: readonly string[];
  /** `/subscriptions/…/resourceGroups/…` of everything that is created, roles on existing accounts included. */
  readonly groups: readonly string[];
  readonly sites: readonly { readonly name: string; readonly region: string }[];
  readonly storageAccounts: readonly string[];
  readonly accounts: readonly PlannedAccount[];
  readonly models: readonly PlannedModel[];
}

const resourceSchema = z.object({
  id: z.string(),
  type: z.string(),
  apiVersion: z.string(),
  name: z.string(),
  location: z.string().nullish(),
  sku: z.object({ name: z.string().optional(), capacity: z.number().optional() }).nullish(),
  properties: z.looseObject({}).nullish(),
});

type Resource = z.infer<typeof resourceSchema>;

const modelSchema = z.object({ model: z.object({ name: z.string(), version: z.string() }) });
const accountSchema = z.object({ customSubDomainName: z.string().optional() });
const siteSchema = z.object({ virtualNetworkSubnetId: z.string().nullish() });

/** Created beside the predicted resources: by the modules, and by the deployment's second phase. */
const OTHER_TYPES = ['Microsoft.Resources/deployments', 'Microsoft.EventGrid/systemTopics/eventSubscriptions'] as const;

/** @throws {z.ZodError} for a text that is no snapshot of the compiler */
export function planOf(snapshot: unknown): Plan {
  const { predictedResources } = z.object({ predictedResources: z.array(resourceSchema) }).parse(snapshot);
  const ofType = (type: string): readonly Resource[] => predictedResources.filter((one) => one.type === type);
  const sites = ofType('Microsoft.Web/sites');
  const accounts = ofType('Microsoft.CognitiveServices/accounts').map(accountOf);
  return {
    types: typesOf(predictedResources),
    otherProviders: sites.some(isInNetwork) ? ['Microsoft.App'] : [],
    groups: [...new Set(predictedResources.flatMap(({ id }) => id.match(GROUP) ?? []))],
    sites: sites.map(({ name, location }) => ({ name, region: regionName(location ?? '') })),
    storageAccounts: ofType('Microsoft.Storage/storageAccounts').map(({ name }) => name),
    accounts,
    models: ofType('Microsoft.CognitiveServices/accounts/deployments').map((one) => modelOf(one, accounts)),
  };
}

/** The first in an id, or in the expression that becomes one. */
const GROUP = /\/subscriptions\/[^/']+\/resourceGroups\/[^/']+/;

const isInNetwork = ({ properties }: Resource): boolean => Boolean(siteSchema.parse(properties).virtualNetworkSubnetId);

function typesOf(resources: readonly Resource[]): readonly PlannedType[] {
  const locationsOf = new Map<string, Set<string>>();
  for (const { type, apiVersion, location } of resources) {
    const key = `${type}@${apiVersion}`;
    const locations = locationsOf.get(key) ?? new Set();
    if (location) locations.add(regionName(location));
    locationsOf.set(key, locations);
  }
  for (const type of OTHER_TYPES) locationsOf.set(`${type}@${apiVersionOf(type)}`, new Set());
  return [...locationsOf].map(([key, locations]) => {
    const [type = '', apiVersion = ''] = key.split('@');
    return { type, apiVersion, locations: [...locations] };
  });
}

function accountOf({ name, location, properties }: Resource): PlannedAccount {
  const { customSubDomainName } = accountSchema.parse(properties ?? {});
  return { name, subdomain: customSubDomainName ?? name, region: regionName(location ?? '') };
}

function modelOf({ name, sku, properties }: Resource, accounts: readonly PlannedAccount[]): PlannedModel {
  const [account = '', deployment = ''] = name.split('/');
  const { model } = modelSchema.parse(properties);
  const region = accounts.find((one) => one.name === account)?.region ?? '';
  return {
    account,
    deployment,
    region,
    model: model.name,
    version: model.version,
    sku: sku?.name ?? '',
    capacity: sku?.capacity ?? 0,
  };
}
