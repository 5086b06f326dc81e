/**
 * Where the quota of a deployment type is counted. Global types of a model share one number over all regions of a
 * subscription, types of a data zone one over the zone's (Foundry Models quotas and limits, Microsoft Learn, 2026-08-20).
 */
export function quotaScopeOf(sku: string, region: string): string {
  if (sku.startsWith('Global')) return 'global';
  if (sku.startsWith('DataZone')) return `zone ${zoneOf(region)}`;
  return `region ${region}`;
}

/** There are two data zones; the regions of one end in `us`. */
function zoneOf(region: string): 'US' | 'EU' {
  return /us\d*$/.test(region) ? 'US' : 'EU';
}

/** What a capacity of the type counts. */
export function quotaUnit(sku: string): string {
  return sku.includes('Provisioned') ? 'provisioned throughput units' : 'thousands of tokens per minute';
}
