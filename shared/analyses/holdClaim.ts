import { callAtEndOfClaim, type EndOfClaim, takeBackCall } from './endOfClaim.ts';
import { LEASE_MS, LEASE_RENEWAL_MS } from './lease.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import type { StoryParts } from './storyParts.ts';

/**
 * Holds the claim on a record while it is worked on, and has a message in the queue that shows when the claim ends: a
 * process that is killed takes nothing with it, and whoever gets the message goes on at that moment.
 *
 * @param sent the message that was sent with the claim; work that has none yet gets its own
 * @returns ends both; a message that could not be taken back finds nothing to do
 */
export function holdClaim(
  keeper: RecordKeeper,
  sent: EndOfClaim | undefined,
  parts: Pick<StoryParts, 'due' | 'repeat' | 'now'>,
): () => void {
  const stopRenewing = parts.repeat(LEASE_RENEWAL_MS, () => keeper.renew(parts.now() + LEASE_MS));
  // Nobody waits for the message: the work would be slower for it, and the timer finds what has none.
  const called = sent ?? callAtEndOfClaim(keeper.current().id, parts.now() + LEASE_MS, parts);
  return () => {
    stopRenewing();
    takeBackCall(called, parts);
  };
}
