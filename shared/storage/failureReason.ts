import { SpoiltRow } from './spoiltRow.ts';
import { storageErrorOf } from './storageError.ts';

/**
 * Why something failed, in a few words for a log: a storage service's status and code, or the first line of another error. The
 * message of a parser is left out: it quotes the bytes, which may hold a prompt or an answer.
 *
 * @example
 * reasonOf(error) // '409 SnapshotsPresent'
 */
export function reasonOf(error: unknown): string {
  const refusal = storageErrorOf(error);
  if (refusal) return refusal.code === undefined ? `${refusal.status}` : `${refusal.status} ${refusal.code}`;
  if (error instanceof SpoiltRow) return error.problem;
  if (error instanceof SyntaxError) return 'its JSON cannot be parsed';
  if (!(error instanceof Error)) return 'unknown';
  return error.message.split('\n')[0] || error.name;
}

/**
 * How often each reason occurred, the most frequent first.
 *
 * @example reasonsOf([leased, leased, immutable]) // '412 LeaseIdMissing 2 times, 409 BlobImmutableDueToPolicy once'
 */
export function reasonsOf(errors: readonly unknown[]): string {
  const counts = [...Map.groupBy(errors, reasonOf)].map(([reason, { length }]) => ({ reason, length }));
  return counts
    .toSorted((left, right) => right.length - left.length)
    .map(({ reason, length }) => `${reason} ${length === 1 ? 'once' : `${length} times`}`)
    .join(', ');
}
