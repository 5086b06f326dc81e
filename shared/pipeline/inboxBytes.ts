import { type AnalysisRecord, isFinal } from '../records/analysisRecord.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import type { ReadyCall } from './nowCall.ts';

/** The bytes that came with a call: in the hands of whoever works on them, and in the inbox once they must outlive it. */

interface Parts {
  readonly images: Pick<ImageStore, 'keepInbox' | 'isInInbox' | 'removeInbox'>;
}

/** A blob is where it was. */
export async function keepBytes({ image }: ReadyCall, analysisId: string, { images }: Parts): Promise<void> {
  if (image.kind === 'bytes') await images.keepInbox(analysisId, image.bytes);
}

/** Whether nobody but its holder has its bytes, who may be killed; or nobody at all any more. */
export async function lacksBytes(record: AnalysisRecord, { images }: Parts): Promise<boolean> {
  const { id, source, status, error, awaitsBytes } = record;
  if (source.kind === 'blob') return false;
  return awaitsBytes || error?.code === 'bytes-gone' || !(isFinal(status) || (await images.isInInbox(id)));
}

/** Its analysis has ended. */
export async function dropBytes({ id, source }: AnalysisRecord, { images }: Parts): Promise<void> {
  if (source.kind === 'http') await images.removeInbox(id);
}
