import { endOrDeliver } from './endOrDeliver.ts';
import { bytesGone } from './imageStore.ts';
import type { RecordKeeper } from './recordKeeper.ts';
import type { StoryParts } from './storyParts.ts';
import { tellEnd } from './tellEnd.ts';

/**
 * Ends an analysis whose image version is gone; an answer that it has bought is delivered.
 *
 * @throws {RecordTaken} when somebody else has the record
 */
export async function endGone(
  keeper: RecordKeeper,
  parts: Pick<StoryParts, 'images' | 'results' | 'now' | 'signal'>,
): Promise<void> {
  const { record } = await endOrDeliver(keeper.current(), bytesGone(keeper.current()), parts);
  await keeper.save(record);
  tellEnd(record, parts);
}
