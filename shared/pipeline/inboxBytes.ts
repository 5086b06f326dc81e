import { type AnalysisRecord, errorOf, isFinal, type UnsuccessfulRecord } from '../records/analysisRecord.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import type { ReadyCall } from './nowCall.ts';

/** The bytes of an HTTP call: in memory, and in the inbox once they must outlive the call. */

interface Parts {
  readonly images: Pick<ImageStore, 'keepInbox' | 'isInInbox' | 'removeInbox'>;
}

/** A blob is where it was. */
export async function keepBytes({ image }: ReadyCall, analysisId: string, { images }: Parts): Promise<void> {
  if (image.kind === 'bytes') await images.keepInbox(analysisId, image.bytes);
}

/** The next call with its key brings the missing bytes and runs it again. */
export function isRestartedByBytes(record: AnalysisRecord): record is UnsuccessfulRecord {
  if (!isFinal(record) || record.status === 'succeeded') return false;
  return errorOf(record)?.code === 'bytes-gone' || (record.status !== 'rejected' && record.awaitsBytes === true);
}

/** Whether its bytes exist only in the memory of its worker, or nowhere any more. */
export async function lacksBytes(record: AnalysisRecord, { images }: Parts): Promise<boolean> {
  if (record.source.kind === 'blob') return false;
  if (!isFinal(record)) return !(await images.isInInbox(record.id));
  return isRestartedByBytes(record);
}

/** Its analysis has ended. A document without all of its answers keeps them, for a retry of the others. */
export async function dropBytes({ id, source, document, status }: AnalysisRecord, { images }: Parts): Promise<void> {
  const isIncomplete = document !== undefined && (status === 'failed' || status === 'cancelled');
  if (source.kind === 'http' && !isIncomplete) await images.removeInbox(id);
}
