/** The parameter files whose predicted resources are kept as reviewed golden files beside them. */

export const EXAMPLES = [
  'infra/main.bicepparam',
  'infra/examples/seed.bicepparam',
  'infra/examples/provisioned.bicepparam',
  'infra/examples/private.bicepparam',
  'infra/examples/landingZone.bicepparam',
] as const;

/** Where the examples pretend to be deployed: names and comparisons depend on it. */
export const EXAMPLE_SCOPE = {
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  resourceGroup: 'rg-argus-example',
  location: 'swedencentral',
} as const;

/** `infra/main.bicepparam` to `infra/main.snapshot.json` */
export function snapshotFileOf(parameterFile: string): string {
  return parameterFile.replace(/\.bicepparam$/, '.snapshot.json');
}
