import { z } from 'zod';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import { analysisIdOf } from '../records/analysisSource.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';

/** A result blob's metadata: its analysis and the content that it is about. Metadata keys are lower case. */
export interface ResultMark {
  readonly analysisid: string;
  /** When the image version was written, epoch milliseconds. */
  readonly sourcemodified: string;
  readonly requestdigest: string;
  readonly contentbytes: string;
  /** Absent if the bytes were not read. */
  readonly contentdigest?: string;
  /** The analysis whose answer was reused. */
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

/** The marks of a blob; none for a blob of another program. */
export function markIn(metadata: unknown): Partial<ResultMark> {
  const parsed = markSchema.safeParse(metadata);
  return parsed.success ? parsed.data : {};
}

/** Whether a result may belong to the same bytes and request: the digest decides. */
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

/** Whether a result answers another request about the version of this analysis. */
export function isOfOtherRequest(
  mark: Partial<ResultMark> | undefined,
  { id, source }: Pick<AnalysisFacts, 'id' | 'source'>,
): boolean {
  if (mark?.analysisid === undefined || mark.requestdigest === undefined) return false;
  return mark.analysisid !== id && mark.analysisid === analysisIdOf(source, mark.requestdigest);
}
