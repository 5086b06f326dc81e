import known from './knownToAzure.json' with { type: 'json' };

/** What Azure was seen to know: API versions that were deployed with or are registered, and where Flex Consumption is. */

interface KnownApiVersion {
  readonly type: string;
  readonly version: string;
  /** Deployed with in public, or listed by Azure as registered. */
  readonly seen: string;
  readonly source: string;
  /** When that was seen. */
  readonly on: string;
  readonly note: string;
}

export const KNOWN_API_VERSIONS: readonly KnownApiVersion[] = known.apiVersions;

/** @throws {Error} for a type that is not in the table */
export function apiVersionOf(type: string): string {
  const row = KNOWN_API_VERSIONS.find((one) => one.type === type);
  if (!row) throw new Error(`infra/knownToAzure.json has no API version of ${type}.`);
  return row.version;
}
