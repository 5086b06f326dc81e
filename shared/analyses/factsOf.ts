import type { ImageHeader } from '../image/imageHeader.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import type { Plan } from './planAnalysis.ts';

/** What a record says of an image before anything is sent. */
export function factsOf(header: ImageHeader, bytes: number): AnalysisRecord['image'] & object {
  const { format, width, height } = header;
  return { format, width, height, bytes, sentWidth: null, sentHeight: null, sentBytes: null };
}

/** What a record says of a plan. */
export function estimateOf(plan: Plan): AnalysisRecord['estimate'] {
  const { promptTokens, admissionTokens, savedTokens, estimatedMicroUsd: microUsd } = plan;
  return { promptTokens, admissionTokens, savedTokens, microUsd };
}
