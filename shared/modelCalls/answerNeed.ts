import { priceAt } from '../catalog/price.ts';
import type { Deployment } from '../pool/deployment.ts';
import { lookOf } from '../pool/imageLook.ts';
import type { AnswerNeed } from '../pool/ledger.ts';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';
import type { Plan } from './planAnalysis.ts';

/**
 * Price of an output token in input tokens, used where no price is known. Catalogued models charge three to eight
 * times.
 */
const USUAL_OUTPUT_WEIGHT = 4;

/** Answers to one request about similar images have similar lengths. Another question or schema makes another kind. */
export function answerKindOf(request: AnalysisRequest): string {
  return `${request.task} ${request.model} ${requestDigest(request)}`;
}

/**
 * What the ledger needs to know about the expected answer. Undefined where the caller set a cap, which is never
 * lowered, and for an image in parts, whose answer grows with the number of parts.
 *
 * @param call.canLower false for a second model call about the same answer
 * @param call.deployment any that could serve it: its price is used
 */
export function answerNeedOf(
  record: Pick<AnalysisFacts, 'request' | 'image'>,
  call: {
    readonly plan: Pick<Plan, 'model' | 'parts'>;
    readonly maxOutputTokens: number;
    readonly canLower: boolean;
    readonly deployment: Deployment | undefined;
    readonly nowMs: number;
  },
): AnswerNeed | undefined {
  const { request, image } = record;
  if (request.maxOutputTokens !== undefined || call.plan.parts || image === null) return undefined;
  const { format, width, height, bytes } = image;
  return {
    kind: answerKindOf(request),
    look: lookOf({ format, pixels: width * height, bytes }),
    capTokens: call.maxOutputTokens,
    canLower: call.canLower,
    outputWeight: outputWeightOf(call),
  };
}

function outputWeightOf(call: Omit<Parameters<typeof answerNeedOf>[1], 'canLower' | 'maxOutputTokens'>): number {
  const { deployment, plan, nowMs } = call;
  const rate = deployment && priceAt(plan.model, { sku: deployment.sku, region: deployment.region, atMs: nowMs });
  const isKnown = typeof rate?.input === 'number' && rate.input > 0 && typeof rate.output === 'number';
  return isKnown ? (rate.output ?? 0) / (rate.input ?? 1) : USUAL_OUTPUT_WEIGHT;
}
