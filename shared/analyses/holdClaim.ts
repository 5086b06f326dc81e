import { LEASE_MS, LEASE_RENEWAL_MS } from './lease.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import type { StoryParts } from './storyParts.ts';

/**
 * Holds the claim on a record while it is worked on, and has a message in the queue that shows when the claim ends: a
 * process that is killed takes nothing with it, and whoever gets the message goes on at that moment.
 *
 * @returns ends both; a message that could not be taken back finds nothing to do
 */
export function holdClaim(keeper: RecordKeeper, parts: Pick<StoryParts, 'due' | 'repeat' | 'now'>): () => void {
  const stopRenewing = parts.repeat(LEASE_RENEWAL_MS, () => keeper.renew(parts.now() + LEASE_MS));
  const { id, lease } = keeper.current();
  // Nobody waits for the message: the work would be slower for it, and the timer finds what has none.
  const sent = parts.due.send(id, lease?.untilMs ?? parts.now() + LEASE_MS).catch(() => undefined);
  return () => {
    stopRenewing();
    void sent.then((message) => message && parts.due.takeBack(message)).catch(() => undefined);
  };
}
