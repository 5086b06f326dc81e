import { formatCount } from '../errors.ts';
import type { Deployment } from './deployment.ts';

/**
 * Where the tokens of a deployment are counted against the subscription's quota: Global types of a model and version share
 * one number over all regions, Data Zone types one in each zone, the others one in each region (Foundry Models quotas and
 * limits, Microsoft Learn, 2026-08-20).
 *
 * @example
 * quotaScopeOf({ sku: 'GlobalStandard', region: 'swedencentral' }) // 'global'
 * quotaScopeOf({ sku: 'DataZoneStandard', region: 'swedencentral' }) // 'zone:eu'
 * quotaScopeOf({ sku: 'Standard', region: 'swedencentral' }) // 'region:swedencentral'
 */
export function quotaScopeOf({ sku, region }: Pick<Deployment, 'sku' | 'region'>): string {
  if (sku.startsWith('Global')) return 'global';
  // There are two data zones; the regions of one end in `us`, some with a number after it.
  if (sku.startsWith('DataZone')) return /us\d*$/.test(region) ? 'zone:us' : 'zone:eu';
  return `region:${region}`;
}

/** One number of a subscription, and the deployments of the pool that draw on it. */
interface PoolQuota {
  readonly quotaScope: string;
  readonly subscription: string | undefined;
  /** `name@version` */
  readonly model: string;
  readonly sku: string;
  readonly members: readonly Deployment[];
}

/** Every quota that two or more deployments of the pool share. Provisioned units are each deployment's own. */
export function sharedQuotasOf(deployments: readonly Deployment[]): readonly PoolQuota[] {
  return quotasOf(deployments).filter(({ members, sku }) => members.length > 1 && !isProvisioned(sku));
}

/** The quotas that the deployments draw on, in the pool's order. */
export function quotasOf(deployments: readonly Deployment[]): readonly PoolQuota[] {
  const byQuota = Map.groupBy(deployments, quotaKeyOf);
  return [...byQuota.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const { subscription, model, sku } = first;
    return [{ quotaScope: quotaScopeOf(first), subscription, model, sku, members }];
  });
}

/**
 * The other deployments whose requests the service counts together with this one's, by the limit that its answer names: a
 * shared limit is at least the sum of what is assigned to the members, a deployment's own is not.
 */
export function countedWith<T extends { readonly deployment: Deployment }>(
  { deployment }: T,
  states: readonly T[],
  limitTokens: number | undefined,
): readonly T[] {
  if (limitTokens === undefined || !(limitTokens > deployment.tokensPerMinute)) return [];
  if (isProvisioned(deployment.sku)) return [];
  const key = quotaKeyOf(deployment);
  const members = states.filter((one) => quotaKeyOf(one.deployment) === key);
  if (limitTokens < tokensOf(members.map((one) => one.deployment))) return [];
  return members.filter((one) => one.deployment.name !== deployment.name);
}

/** The same for deployments of one quota. */
function quotaKeyOf(deployment: Deployment): string {
  const { subscription, model, sku } = deployment;
  return JSON.stringify([subscription, quotaScopeOf(deployment), model, sku]);
}

function isProvisioned(sku: string): boolean {
  return sku.includes('Provisioned');
}

/** Tokens a minute of all of them. */
function tokensOf(deployments: readonly Deployment[]): number {
  return deployments.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0);
}

/** What a shared quota means to who plans with it, with its members by name. */
export function sharedQuotaWarning({ quotaScope, subscription, model, sku, members }: PoolQuota): string {
  const names = members.map(({ name }) => name).join(', ');
  const whose = subscription === undefined ? 'the subscription' : `subscription ${subscription}`;
  return (
    `${names} draw on one quota of ${whose}: ${model}, ${sku}, scope ${quotaScope}. Their ${formatCount(tokensOf(members))} tokens a ` +
    'minute are assigned from that one number. A further deployment in the same scope adds resilience, not tokens; another ' +
    'type, model, version or subscription adds tokens.'
  );
}
