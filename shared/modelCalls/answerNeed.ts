import { priceAt } from '../catalog/price.ts';
import type { Deployment } from '../pool/deployment.ts';
import { lookOf } from '../pool/imageLook.ts';
import type { AnswerNeed } from '../pool/ledger.ts';
import type { AnalysisFacts } from '../records/analysisRecord.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';
import type { Plan } from './planAnalysis.ts';

/** A token of an answer costs three to eight of the prompt with every catalogued model; where no price is known, so many. */
const USUAL_OUTPUT_WEIGHT = 4;

/** Answers of one request are of like lengths for like images: another question or schema makes another kind. */
export function answerKindOf(request: AnalysisRequest): string {
  return `${request.task} ${request.model} ${requestDigest(request)}`;
}

/**
 * What the ledger is told of the answer that a call asks for; undefined where the caller gave a cap of its own, which stays,
 * and for an image in parts, whose answer is longer the more parts it has.
 *
 * @param call.canLower false where an answer is asked for again
 * @param call.deployment any that could serve it: it says whose price counts
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
