import { z } from 'zod';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import { analysisIdOf } from '../records/analysisSource.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';

/** What a result blob's metadata say: whose it is, and of which content. Metadata keys are lower case. */
export interface ResultMark {
  readonly analysisid: string;
  /** When the image version was written, epoch milliseconds. */
  readonly sourcemodified: string;
  readonly requestdigest: string;
  readonly contentbytes: string;
  /** Absent where the bytes were not read. */
  readonly contentdigest?: string;
  /** The analysis whose answer it is, where it was not paid for again. */
  readonly answerof?: string;
}

export function resultMarkOf(record: AnalysisFacts): ResultMark {
  const { source, image, contentDigest, answerOf } = record;
  return {
    analysisid: record.id,
    sourcemodified: String(source.kind === 'blob' ? source.modifiedMs : record.createdAtMs),
    requestdigest: requestDigest(record.request),
    contentbytes: String(image?.bytes ?? 0),
    ...(contentDigest !== null && { contentdigest: contentDigest }),
    ...(answerOf !== null && { answerof: answerOf }),
  };
}

const text = z.string().exactOptional();

const markSchema = z.object({
  ...{ analysisid: text, requestdigest: text, contentbytes: text, contentdigest: text, answerof: text },
  sourcemodified: z.string().regex(/^\d+$/).exactOptional(),
} satisfies { readonly [Name in keyof Required<ResultMark>]: z.ZodType });

/** What a blob's metadata say; of a blob that another program has written, nothing. */
export function markIn(metadata: unknown): Partial<ResultMark> {
  const parsed = markSchema.safeParse(metadata);
  return parsed.success ? parsed.data : {};
}

/** Whether a result may be of the same bytes and the same request: its digest decides. */
export function mayBeSame(
  mark: Partial<ResultMark> | undefined,
  asked: { readonly request: AnalysisRequest; readonly bytes: number },
): boolean {
  return (
    mark?.contentdigest !== undefined &&
    mark.requestdigest === requestDigest(asked.request) &&
    mark.contentbytes === String(asked.bytes)
  );
}

/** Whether a result answers something else about the very version that this analysis is of. */
export function isOfOtherRequest(
  mark: Partial<ResultMark> | undefined,
  { id, source }: Pick<AnalysisFacts, 'id' | 'source'>,
): boolean {
  if (mark?.analysisid === undefined || mark.requestdigest === undefined) return false;
  return mark.analysisid !== id && mark.analysisid === analysisIdOf(source, mark.requestdigest);
}
