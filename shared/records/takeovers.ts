import type { RecordKeeper } from './recordKeeper.ts';

/** How often workers crashed while they held an analysis, and when its image is the likely cause. */

/**
 * After this many crashes in a row the image itself is the likely cause. A worker that has prepared the image has
 * survived it: later crashes have other causes, so the count starts again.
 */
export const MOST_TAKEOVERS = 10;

/** Only after this many crashes is it recorded that a worker survived the image. Other images need no extra write. */
const SUSPECT_TAKEOVERS = 3;

/**
 * The worker has prepared the image, so earlier crashes had another cause: their count is reset.
 *
 * @throws {RecordTaken}
 */
export async function resetTakeovers(keeper: RecordKeeper): Promise<void> {
  const record = keeper.current();
  if (record.takeovers >= SUSPECT_TAKEOVERS) await keeper.save({ ...record, takeovers: 0 });
}
