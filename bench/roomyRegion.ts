import type { RegionOptions } from '../local/regions/regionOptions.ts';

/** A region with more quota than a benchmark can use, whose answers cost nothing to make. */
export const ROOMY_REGION: RegionOptions = {
  name: 'swedencentral',
  deployments: [
    {
      deployment: 'gpt-4o',
      model: 'gpt-4o',
      version: '2024-11-20',
      tokensPerMinute: 900_000_000,
      requestsPerMinute: 1_000_000,
    },
  ],
  answers: 'fixed',
};
