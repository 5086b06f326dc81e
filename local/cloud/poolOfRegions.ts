import type { RegionOptions } from '../regions/regionOptions.ts';
import type { Regions } from '../regions/startRegions.ts';

/** The pool of the emulated regions as VISION_DEPLOYMENTS, the way an operator would write it. */
export function poolOfRegions(regions: Regions, options: readonly RegionOptions[]): string {
  return JSON.stringify(
    options.flatMap((region) =>
      region.deployments.map((each) => ({
        name: `${each.deployment}-${region.name}`,
        deployment: each.deployment,
        endpoint: regions.get(region.name).endpoint,
        region: region.name,
        model: each.model,
        version: each.version,
        sku: each.model === 'gpt-4' ? 'Standard' : 'GlobalStandard',
        tokensPerMinute: each.tokensPerMinute,
        ...(each.requestsPerMinute === undefined ? {} : { requestsPerMinute: each.requestsPerMinute }),
        ...(each.model === 'gpt-4' ? { apiVersion: '2023-12-01-preview' } : {}),
      })),
    ),
  );
}
