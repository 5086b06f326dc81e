import type { DueMessage, DueQueue } from './dueQueue.ts';

/** The message that comes up when a claim ends; undefined where it could not be sent: then the timer finds the record. */
export type EndOfClaim = Promise<DueMessage | undefined>;

/**
 * Has the analysis called when its claim ends, so that what a killed process held goes on then. It is to be sent in the
 * same moment as the claim is written: a process that is killed between the two leaves a claim that nobody comes for.
 *
 * It shows at the end and not before: whoever is killed with a message in hand hides it from the others for as long as the
 * host has fetched it for (ten minutes: azure-sdk-for-net, Storage.Queues, QueueListener), so it is in hand for moments only.
 */
export function callAtEndOfClaim(id: string, untilMs: number, { due }: { readonly due: DueQueue }): EndOfClaim {
  return due.showAt(id, untilMs).catch(() => undefined);
}

/** The work is done, or the claim is not ours. A message that could not be taken back finds nothing to do. */
export function takeBackCall(called: EndOfClaim, { due }: { readonly due: DueQueue }): void {
  void called.then((message) => message && due.takeBack(message)).catch(() => undefined);
}
