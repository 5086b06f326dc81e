import type { DueMessage, DueQueue } from '../storage/dueQueue.ts';
import type { RecordKeeper } from './recordKeeper.ts';

/**
 * How long a lease lasts, and so how long the work of a killed process rests. A living worker renews its lease well
 * before the end, so that clocks may differ by some seconds and a write may be late.
 */
export const LEASE_MS = 30_000;

const LEASE_RENEWAL_MS = 10_000;

/** The message that appears when a lease ends. Undefined if it could not be sent: then the timer finds the record. */
export type LeaseEndMessage = Promise<DueMessage | undefined>;

/**
 * Sends a message that wakes the analysis when its lease ends, so that the work of a killed process continues. Send it
 * at the same time as the lease is written: a process killed between the two leaves a lease without a message.
 *
 * The message appears only at the end of the lease. A killed process's message stays invisible for up to ten minutes
 * (azure-sdk-for-net, Storage.Queues, QueueListener), so a worker holds one only for a moment.
 */
export function scheduleLeaseEnd(id: string, untilMs: number, { due }: { readonly due: DueQueue }): LeaseEndMessage {
  return due.showAt(id, untilMs).catch(() => undefined);
}

/**
 * Deletes the message when the work is done or the lease is lost. A message that could not be deleted is harmless: it
 * finds nothing to do.
 */
export function cancelLeaseEnd(called: LeaseEndMessage, { due }: { readonly due: DueQueue }): void {
  void called.then((message) => message && due.takeBack(message)).catch(() => undefined);
}

/**
 * Renews the lease of a record during the work, and keeps a message in the queue that appears when the lease ends. If
 * the process is killed, the next worker continues at that moment.
 *
 * @param sent the message that was sent when the lease was taken; work without one gets its own
 * @returns a function that ends both
 */
export function holdLease(
  keeper: RecordKeeper,
  sent: LeaseEndMessage | undefined,
  parts: {
    readonly due: DueQueue;
    readonly repeat: (everyMs: number, step: () => Promise<void>) => () => void;
    readonly now: () => number;
  },
): () => void {
  const stopRenewing = parts.repeat(LEASE_RENEWAL_MS, () => keeper.renew(parts.now() + LEASE_MS));
  // Do not wait for the message: that would slow the work, and the timer finds records without one.
  const called = sent ?? scheduleLeaseEnd(keeper.current().id, parts.now() + LEASE_MS, parts);
  return () => {
    stopRenewing();
    cancelLeaseEnd(called, parts);
  };
}
