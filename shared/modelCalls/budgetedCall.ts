import type { Deployment } from '../pool/deployment.ts';
import type { Outcome } from '../pool/outcome.ts';
import { costMicroUsd } from '../tokens/cost.ts';
import type { Plan } from './planAnalysis.ts';

/** Our count of a text and the service's differ by a few percent. The upper end is above both. */
const TEXT_MARGIN = 1.1;
const FRAME_TOKENS = 16;

interface CallTerms {
  readonly plan: Plan;
  readonly deployment: Deployment;
  readonly textTokens: number;
  readonly maxOutputTokens: number;
  readonly atMs: number;
}

/**
 * The most that a call can cost, in micro-USD: the whole prompt and an answer up to its cap. 0 where no price is
 * known.
 */
export function mostMicroUsd({ plan, deployment, textTokens, maxOutputTokens, atMs }: CallTerms): number {
  if (!deployment.isPriced) return 0;
  const promptTokens = plan.mostImageTokens + Math.ceil(textTokens * TEXT_MARGIN) + FRAME_TOKENS;
  const tokens = { promptTokens, cachedTokens: 0, completionTokens: maxOutputTokens };
  const { sku, region } = deployment;
  return costMicroUsd(plan.model, tokens, { sku, region, atMs }) ?? 0;
}

/**
 * What a call has cost: its reported usage, however it ended; nothing if it was refused without usage. Where its
 * outcome is unknown, the upper end, because it may have been billed.
 */
export function spentMicroUsd(
  outcome: Outcome,
  mostMicroUsd: number,
  priceOf: (usage: BilledUsage) => number | null,
): number {
  if (outcome.usage) return priceOf(outcome.usage) ?? 0;
  if (outcome.kind === 'throttled' || outcome.kind === 'refused') return 0;
  if (outcome.kind === 'ambiguous') return mostMicroUsd;
  return outcome.kind === 'filtered' && outcome.on === 'image' ? 0 : mostMicroUsd;
}

type BilledUsage = Parameters<typeof costMicroUsd>[1];
