import { ImageRejected } from '../errors.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import { endOrDeliver } from './endOrDeliver.ts';
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

/** The end of an analysis whose image version is gone before it was read. */
function bytesGone({ source }: Pick<AnalysisRecord, 'source'>): ImageRejected {
  const detail =
    source.kind === 'blob'
      ? `${source.name} was replaced or removed before it could be read. Ask for its present version, or upload it again.`
      : 'The image that came with the request is no longer kept. Send it again, with its Idempotency-Key if it had one.';
  return new ImageRejected('bytes-gone', detail);
}
