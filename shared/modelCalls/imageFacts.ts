import type { AnalysisImage } from '../image/analysisImage.ts';
import type { SendTarget } from '../image/pixels/cutIntoParts.ts';
import type { PreparedImage } from '../image/prepareImage.ts';
import type { AnalysisFacts, ImageFacts, Warning } from '../records/analysisRecord.ts';
import { partBoxes } from '../tokens/parts/partsGrid.ts';
import { partsFacts } from '../tokens/parts/partsText.ts';
import type { Plan } from './planAnalysis.ts';

type PictureFacts = Pick<AnalysisImage, 'format' | 'width' | 'height' | 'totalBytes'>;

/** What a record says about an image before it is sent. `plan`: how it will be sent, where that is known. */
export function factsOf(image: PictureFacts, plan?: Plan): ImageFacts {
  const { format, width, height, totalBytes: bytes } = image;
  const facts = { format, width, height, bytes, sentWidth: null, sentHeight: null, sentBytes: null };
  return plan?.parts ? { ...facts, parts: partsFacts(plan.parts) } : facts;
}

/** What the plan does to the pixels. */
export function targetOf({ target, parts }: Plan, image: PictureFacts): SendTarget {
  return parts ? { ...target, boxes: partBoxes(image, parts) } : target;
}

/** What a record says about the expected cost. */
export function estimateOf(plan: Plan): AnalysisFacts['estimate'] {
  const { promptTokens, admissionTokens, savedTokens, estimatedMicroUsd: microUsd } = plan;
  return { promptTokens, admissionTokens, savedTokens, microUsd };
}

/** Warnings about the size that is sent and about changes to the pixels. */
export function imageWarnings(plan: Plan, image: PreparedImage): readonly Warning[] {
  return [...plan.warnings, ...image.warnings];
}
