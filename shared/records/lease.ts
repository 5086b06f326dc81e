import type { DueMessage, DueQueue } from '../storage/dueQueue.ts';
import type { RecordKeeper } from './recordKeeper.ts';

/**
 * How long a claim on an analysis holds: what a killed process leaves behind is taken up that much later. A holder that
 * lives renews it well before its end, so that clocks may differ by some seconds and a write may be late.
 */
export const LEASE_MS = 30_000;

const LEASE_RENEWAL_MS = 10_000;

/** The message that comes up when a claim ends; undefined where it could not be sent: then the timer finds the record. */
export type LeaseEndMessage = Promise<DueMessage | undefined>;

/**
 * Has the analysis called when its claim ends, so that what a killed process held goes on then. It is to be sent in the
 * same moment as the claim is written: a process that is killed between the two leaves a claim that nobody comes for.
 *
 * It shows at the end and not before: whoever is killed with a message in hand hides it from the others for as long as the
 * host has fetched it for (ten minutes: azure-sdk-for-net, Storage.Queues, QueueListener), so it is in hand for moments only.
 */
export function scheduleLeaseEnd(id: string, untilMs: number, { due }: { readonly due: DueQueue }): LeaseEndMessage {
  return due.showAt(id, untilMs).catch(() => undefined);
}

/** The work is done, or the claim is not ours. A message that could not be taken back finds nothing to do. */
export function cancelLeaseEnd(called: LeaseEndMessage, { due }: { readonly due: DueQueue }): void {
  void called.then((message) => message && due.takeBack(message)).catch(() => undefined);
}

/**
 * Holds the claim on a record while it is worked on, and has a message in the queue that shows when the claim ends: a
 * process that is killed takes nothing with it, and whoever gets the message goes on at that moment.
 *
 * @param sent the message that was sent with the claim; work that has none yet gets its own
 * @returns ends both; a message that could not be taken back finds nothing to do
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
  // Nobody waits for the message: the work would be slower for it, and the timer finds what has none.
  const called = sent ?? scheduleLeaseEnd(keeper.current().id, parts.now() + LEASE_MS, parts);
  return () => {
    stopRenewing();
    cancelLeaseEnd(called, parts);
  };
}

/** Only of an image that so many vanished with is it written down that it was survived; others need no write for it. */
const SUSPECT_TAKEOVERS = 3;

/**
 * The holder has made the image ready, so those who vanished with it before did so for another reason: their count ends.
 *
 * @throws {RecordTaken}
 */
export async function resetTakeovers(keeper: RecordKeeper): Promise<void> {
  const record = keeper.current();
  if (record.takeovers >= SUSPECT_TAKEOVERS) await keeper.save({ ...record, takeovers: 0 });
}
