import type { SendTarget } from '../image/cutIntoParts.ts';
import type { ImageHeader } from '../image/imageHeader.ts';
import { partBoxes } from '../tokens/partsGrid.ts';
import { partsFacts } from '../tokens/partsText.ts';
import type { AnalysisRecord, ImageFacts } from './analysisRecord.ts';
import type { Plan } from './planAnalysis.ts';

/** What a record says of an image before it is sent; `plan`: how it will be, where that is known. */
export function factsOf(header: ImageHeader, bytes: number, plan?: Plan): ImageFacts {
  const { format, width, height } = header;
  const facts = { format, width, height, bytes, sentWidth: null, sentHeight: null, sentBytes: null };
  return plan?.parts ? { ...facts, parts: partsFacts(plan.parts) } : facts;
}

/** What is made of the image's pixels by its plan. */
export function targetOf({ target, parts }: Plan, header: ImageHeader): SendTarget {
  return parts ? { ...target, boxes: partBoxes(header, parts) } : target;
}

/** What a record says of what a plan will cost. */
export function estimateOf(plan: Plan): AnalysisRecord['estimate'] {
  const { promptTokens, admissionTokens, savedTokens, estimatedMicroUsd: microUsd } = plan;
  return { promptTokens, admissionTokens, savedTokens, microUsd };
}
