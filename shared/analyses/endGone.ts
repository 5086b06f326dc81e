import { endedBy } from './analysisSteps.ts';
import { bytesGone } from './imageStore.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import type { StoryParts } from './storyParts.ts';
import { tellEnd } from './tellEnd.ts';

/**
 * Ends an analysis whose image version is gone.
 *
 * @throws {RecordTaken} when somebody else has the record
 */
export async function endGone(keeper: RecordKeeper, parts: Pick<StoryParts, 'now' | 'signal'>): Promise<void> {
  const record = endedBy(keeper.current(), bytesGone(keeper.current()), parts.now());
  await keeper.save(record);
  tellEnd(record, parts);
}
