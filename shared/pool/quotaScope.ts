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
  return quotasOf(deployments).filter(({ members, sku }) => members.length > 1 && !sku.includes('Provisioned'));
}

/** The quotas that the deployments draw on, in the pool's order. */
export function quotasOf(deployments: readonly Deployment[]): readonly PoolQuota[] {
  const byQuota = Map.groupBy(deployments, (one) =>
    JSON.stringify([one.subscription, quotaScopeOf(one), one.model, one.sku]),
  );
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
  const quota = sharedQuotasOf(states.map((one) => one.deployment)).find(({ members }) =>
    members.some(({ name }) => name === deployment.name),
  );
  const quotaTokens = quota?.members.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0) ?? 0;
  if (quota === undefined || limitTokens < quotaTokens) return [];
  return states.filter(
    (one) => one.deployment.name !== deployment.name && quota.members.some(({ name }) => name === one.deployment.name),
  );
}

/** What a shared quota means to who plans with it, with its members by name. */
export function sharedQuotaWarning({ quotaScope, subscription, model, sku, members }: PoolQuota): string {
  const tokens = members.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0);
  const names = members.map(({ name }) => name).join(', ');
  const whose = subscription === undefined ? 'the subscription' : `subscription ${subscription}`;
  return (
    `${names} draw on one quota of ${whose}: ${model}, ${sku}, scope ${quotaScope}. Their ${tokens.toLocaleString('en-US')} tokens a ` +
    'minute are assigned from that one number. A further deployment in the same scope adds resilience, not tokens; another ' +
    'type, model, version or subscription adds tokens.'
  );
}
