import type { StorageRefusal } from '../storageLayer.ts';

/** Microsoft Learn, "Querying tables and entities", read 2026-11-30: no more than 15 discrete comparisons in a filter. */
const MOST_COMPARISONS = 15;
const LARGEST_INT32 = 2_147_483_647;

/** Text, binary, GUIDs and dates in quotes; a quote within is doubled. */
const QUOTED = /(?:datetime|guid|binary|X)?'(?:[^']|'')*'/g;
const COMPARISON = /(?<=^|[\s()])(?:eq|ne|gt|ge|lt|le)(?=[\s()]|$)/g;
/** A whole number without a suffix: an Int32 to the service. */
const INT32_LITERAL = /(?<=^|[\s(,])-?\d+(?=[\s),]|$)/g;

/**
 * Why the Table service refuses a `$filter`; undefined where it does not.
 *
 * @example problemOfFilter('size gt 3000000000')?.message // "Unrecognized 'Edm.Int32' literal '3000000000' …"
 * @example problemOfFilter('size gt 3000000000L') // undefined
 */
export function problemOfFilter(filter: string): StorageRefusal | undefined {
  const unquoted = filter.replace(QUOTED, "''");
  const comparisons = unquoted.match(COMPARISON)?.length ?? 0;
  if (comparisons > MOST_COMPARISONS) {
    return invalidInput(
      `One of the request inputs is not valid: the filter has ${comparisons} comparisons, the limit is ${MOST_COMPARISONS}.`,
    );
  }
  // microsoft/AzureStorageExplorer#1382 (2019-05-17): beyond Int32 the suffix L is needed.
  const literal = unquoted.match(INT32_LITERAL)?.find((number) => isBeyondInt32(Number(number)));
  if (literal === undefined) return undefined;
  const at = filter.indexOf(literal);
  return invalidInput(`Unrecognized 'Edm.Int32' literal '${literal}' in '${at}'.`);
}

/** The code of every malformed query (Microsoft Learn, "Table Storage error codes"; Azure answers it with this sentence). */
export function invalidInput(message = 'One of the request inputs is not valid.'): StorageRefusal {
  return { status: 400, code: 'InvalidInput', message };
}

function isBeyondInt32(number: number): boolean {
  return number > LARGEST_INT32 || number < -LARGEST_INT32 - 1;
}
