import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import type { ProgressFact } from '../storage/progressStore.ts';
import { type Backlog, backlogSchema, readBacklog } from './backlog.ts';

/** Stores the backlog that the timer measured, for callers that must not measure it themselves. */
export const LAST_LOOK: ProgressFact<BacklogLook> = {
  name: 'backlog',
  schema: z.object({ atMs: z.number(), backlog: backlogSchema }),
};

interface BacklogLook {
  readonly atMs: number;
  readonly backlog: Backlog;
}

/** A backlog up to this size is read for each call; a larger one only by the timer. */
const MOST_READ_A_CALL = 1_000;

/** The timer measures each minute, so an older value means that it does not run. */
const LOOK_IS_FRESH_MS = 150_000;

/** A backlog, and when it was read (epoch milliseconds), where that was not now. */
export type CurrentBacklog = Backlog & { readonly seenAtMs?: number };

/**
 * The open work. If more than 1,000 analyses are open, this is what the timer measured within the last minutes, so
 * that a call costs two reads for any size of backlog.
 */
export async function currentBacklog(
  parts: Pick<Capabilities, 'analyses' | 'budget' | 'due' | 'ledger' | 'now' | 'progress' | 'usage'>,
): Promise<CurrentBacklog> {
  const { isEnd } = await parts.analyses.openKeys({ most: MOST_READ_A_CALL });
  const look = isEnd ? undefined : await parts.progress.read(LAST_LOOK);
  if (!look || parts.now() - look.atMs > LOOK_IS_FRESH_MS) return await readBacklog(parts);
  return { ...look.backlog, seenAtMs: look.atMs };
}
