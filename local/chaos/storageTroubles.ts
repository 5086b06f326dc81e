import { LEASE_MS } from '../../shared/records/lease.ts';
import type { LoggedFault } from '../storage/strict/misbehave.ts';

/** A write that the storage hindered: until then its client had no success. */
export interface StorageTrouble {
  /** The container, queue or table. */
  readonly resource: string;
  /** What was written: it holds the blob's name, or the rows' keys. */
  readonly subject: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** After a fault the storage's clients wait so long at most until their third try: 1 and 2 s for tables, 0 and 4 s for blobs. */
const TRIED_AGAIN_WITHIN_MS = 6_000;

/** What hindered a write: reads are tried again before anything is done. */
export function storageTroubles(log: readonly LoggedFault[]): readonly StorageTrouble[] {
  return log
    .filter(({ access }) => access === 'write')
    .map(({ resource, subject, atMs, fault }) => {
      const lastsMs = fault.kind === 'slow' ? fault.waitMs : TRIED_AGAIN_WITHIN_MS;
      return { resource, subject, fromMs: atMs, untilMs: atMs + lastsMs };
    });
}

/** How often each fault was met: `{ 'timed-out, done': 3 }`. */
export function countFaults(log: readonly LoggedFault[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { fault } of log) {
    const kind = fault.kind === 'busy' ? 'busy' : `${fault.kind}, ${fault.isDone ? 'done' : 'not done'}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** When what should have been written by `untilMs` was written at the latest, one trouble after the other. */
export function heldUntilMs(
  troubles: readonly StorageTrouble[],
  within: { readonly fromMs: number; readonly untilMs: number },
): number {
  let { untilMs } = within;
  for (const trouble of troubles.toSorted((left, right) => left.fromMs - right.fromMs)) {
    if (trouble.untilMs >= within.fromMs && trouble.fromMs <= untilMs) untilMs = Math.max(untilMs, trouble.untilMs);
  }
  return untilMs;
}

/** Whether troubles without a gap kept an answer of `answeredMs` from being written until its lease had ended. */
export function isHeldForALease(troubles: readonly StorageTrouble[], answeredMs: number): boolean {
  return heldUntilMs(troubles, { fromMs: answeredMs, untilMs: answeredMs }) - answeredMs >= LEASE_MS;
}
