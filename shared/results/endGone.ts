import { ImageRejected } from '../errors.ts';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import type { RecordKeeper } from '../records/recordKeeper.ts';
import { signalEnd } from '../records/signalEnd.ts';
import type { SignalSink } from '../signals/signals.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { endOrDeliver } from './endOrDeliver.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * Ends an analysis whose image version no longer exists. A paid answer is delivered.
 *
 * @throws {RecordTaken} when another worker has the record
 */
export async function endGone(
  keeper: RecordKeeper,
  parts: {
    readonly images: ImageStore;
    readonly results: ResultStore;
    readonly now: () => number;
    readonly signal: SignalSink;
  },
): Promise<void> {
  const { record } = await endOrDeliver(keeper.current(), bytesGone(keeper.current()), parts);
  await keeper.end(record);
  signalEnd(record, parts);
}

/** The end of an analysis whose image version was removed before it was read. */
function bytesGone({ source: given }: Pick<AnalysisFacts, 'source'>): ImageRejected {
  const source = given.kind === 'page' ? given.of : given;
  const detail =
    source.kind === 'blob'
      ? `${source.name} was replaced or removed before it could be read. Analyse its current version, or upload it again.`
      : 'The image that came with the request is no longer kept. Send it again, with its Idempotency-Key if it had one.';
  return new ImageRejected('bytes-gone', detail);
}
