import type {
  Availability,
  DeletedAccounts,
  DeployedModels,
  OfferedModels,
  Permissions,
  Providers,
  Resources,
  Usages,
} from './answers.ts';
import type { Fact } from './row.ts';

/** The resource group: what is in it, or that it is not there yet. */
export type Group = { readonly kind: 'new' } | { readonly kind: 'existing'; readonly resources: Resources };

/** Everything that the rows are decided from. */
export interface Facts {
  readonly providers: Fact<Providers>;
  /** Regions with Flex Consumption. */
  readonly flexRegions: Fact<readonly string[]>;
  /** By region. */
  readonly models: ReadonlyMap<string, Fact<OfferedModels>>;
  /** By region. */
  readonly usages: ReadonlyMap<string, Fact<Usages>>;
  readonly deletedAccounts: Fact<DeletedAccounts>;
  readonly group: Fact<Group>;
  /** What the accounts of the plan hold already, by account. */
  readonly deployed: ReadonlyMap<string, Fact<DeployedModels>>;
  /** By `/subscriptions/…` or `/subscriptions/…/resourceGroups/…`. */
  readonly permissions: ReadonlyMap<string, Fact<Permissions>>;
  /** By name. */
  readonly names: ReadonlyMap<string, Fact<Availability>>;
}
