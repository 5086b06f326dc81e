import type { Charge } from '../regions/chargeLog.ts';
import { type Cause, causeOf, type Disturbance, isShared } from './causeOf.ts';
import type { StorageTrouble } from './storageTroubles.ts';

/** What lies in the storage when all is over. */
export interface StorageFacts {
  /** Every record there is. */
  readonly records: readonly RecordFacts[];
  /** Names of the result blobs, and their analyses. */
  readonly results: ReadonlyMap<string, string>;
  /** Rows of the index that say that something is under way. */
  readonly openRows: number;
  readonly reservations: number;
  /** Messages in queues that should be empty, by queue. */
  readonly messages: Readonly<Record<string, number>>;
}

export interface RecordFacts {
  readonly id: string;
  readonly name: string;
  readonly etag: string;
  readonly status: string;
  readonly hasLease: boolean;
  /** SHA-256 of the image's bytes, as far as they were read. */
  readonly contentDigest: string | null;
  readonly outcomes: readonly string[];
  readonly error: string | null;
}

/** An image that was dropped, as it is at the end. */
export interface DroppedImage {
  readonly name: string;
  readonly etag: string;
  /** SHA-256 of each content that it had, the last one now. */
  readonly digests: readonly string[];
}

export interface Verdict {
  readonly images: number;
  readonly succeeded: number;
  /** Without an end, or without the result that its end promises. */
  readonly lost: readonly string[];
  readonly failed: readonly string[];
  /** More than one analysis of one version, or a result that is another version's. */
  readonly duplicated: readonly string[];
  /** Billed more than once; each extra charge stands in the record as an attempt, or it is in `unrecorded`. */
  readonly paidTwice: readonly string[];
  readonly extraCharges: number;
  /** What each extra charge comes from, as far as it is explained. */
  readonly extraAfter: Readonly<Record<Cause, number>>;
  /** Extra charges that neither an injected fault nor a kill or an outage of the storage accounts for. */
  readonly unexplained: readonly string[];
  readonly ambiguous: number;
  /** Charges that no record's attempt names. */
  readonly unrecorded: readonly string[];
  readonly leaked: readonly string[];
  readonly charges: number;
  readonly billed: number;
}

const MAYBE_BILLED = ['answered', 'ambiguous', 'filtered', 'unusable', 'sending'];

/** What became of every image, by the regions' own charge logs and by what lies in the storage. */
export function judge(
  dropped: readonly DroppedImage[],
  {
    charges,
    disturbances,
    troubles,
  }: {
    readonly charges: readonly Charge[];
    readonly disturbances: readonly Disturbance[];
    readonly troubles: readonly StorageTrouble[];
  },
  { records, results, openRows, reservations, messages }: StorageFacts,
): Verdict {
  const billed = charges.filter(({ billedTokens }) => billedTokens > 0);
  const lost: string[] = [];
  const failed: string[] = [];
  const duplicated: string[] = [];
  const paidTwice: string[] = [];
  const unrecorded: string[] = [];
  const unexplained: string[] = [];
  const extraAfter = { fault: 0, kill: 0, outage: 0, storage: 0 };
  let extraCharges = 0;
  let succeeded = 0;
  for (const { name, etag, digests } of dropped) {
    const own = records.filter((record) => record.name === name);
    const present = own.filter((record) => record.etag === etag);
    const [first] = present;
    if (present.length > 1) duplicated.push(`${name}: ${present.length} analyses of one version`);
    if (!first || !isOver(first.status)) lost.push(`${name}: ${first?.status ?? 'no record'}`);
    else if (first.status !== 'succeeded') failed.push(`${name}: ${first.status}, ${first.error}`);
    else {
      succeeded += 1;
      for (const ending of ['json', 'md']) {
        const holder = results.get(`${name}.analyze.${ending}`);
        if (holder === undefined) lost.push(`${name}: no ${ending} result`);
        else if (holder !== first.id) duplicated.push(`${name}: its ${ending} result is of another version`);
      }
    }
    const paidFor = billed.filter(({ images }) => images.some(({ sha256 }) => digests.includes(sha256)));
    const paid = paidFor.length;
    const extra = Math.max(0, paid - digests.length);
    extraCharges += extra;
    const known = [name, ...own.map(({ id }) => id)];
    const met = troubles.filter(
      ({ resource, subject }) => isShared(resource) || known.some((word) => subject.includes(word)),
    );
    const causes = paidFor.flatMap((charge) => causeOf(charge, { disturbances, troubles: met }) ?? []).slice(0, extra);
    for (const cause of causes) extraAfter[cause] += 1;
    if (causes.length < extra) unexplained.push(`${name}: ${extra} extra charges, ${causes.length} disturbed`);
    const named = own.flatMap(({ outcomes }) => outcomes).filter((outcome) => MAYBE_BILLED.includes(outcome)).length;
    if (paid > digests.length) paidTwice.push(`${name}: paid ${paid} times for ${digests.length} contents`);
    if (paid > named) unrecorded.push(`${name}: paid ${paid} times, ${named} attempts in its records`);
  }
  const known = new Set(dropped.flatMap(({ digests }) => digests));
  const strangers = billed.filter(({ images }) => !images.every(({ sha256 }) => known.has(sha256)));
  unrecorded.push(...strangers.map(({ id }) => `charge ${id}: of no image that was dropped`));
  return {
    ...{
      images: dropped.length,
      succeeded,
      lost,
      failed,
      duplicated,
      paidTwice,
      extraCharges,
      extraAfter,
      unexplained,
      unrecorded,
    },
    ambiguous: records.flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome === 'ambiguous').length,
    leaked: [
      ...records.filter(({ hasLease }) => hasLease).map(({ name }) => `${name}: a lease`),
      ...(openRows > 0 ? [`${openRows} rows of open analyses`] : []),
      ...(reservations > 0 ? [`${reservations} reservations of the budget`] : []),
      ...Object.entries(messages).flatMap(([queue, count]) => (count > 0 ? [`${count} messages in ${queue}`] : [])),
    ],
    charges: charges.length,
    billed: billed.length,
  };
}

function isOver(status: string): boolean {
  return ['succeeded', 'rejected', 'failed', 'cancelled'].includes(status);
}

/** Nothing lost, nothing twice, nothing leaked; each extra charge named in a record and explained by what was done. */
export function isGood({ lost, failed, duplicated, unrecorded, unexplained, leaked }: Verdict): boolean {
  return [lost, failed, duplicated, unrecorded, unexplained, leaked].every((list) => list.length === 0);
}
