import type { Model } from '../catalog/model.ts';
import type { Deployment } from '../pool/deployment.ts';
import type { Usage } from '../pool/outcome.ts';
import type { RunningRecord } from '../records/analysisRecord.ts';
import { withSecondCall } from '../records/answerCut.ts';
import { costMicroUsd } from '../tokens/cost.ts';

interface Call<CallUsage> {
  readonly deployment: Deployment;
  readonly usage: CallUsage;
  readonly model: Model;
  readonly atMs: number;
}

/** What one call has cost; null where no price is known. */
export function callMicroUsd({ deployment, usage, model, atMs }: Call<Usage>): number | null {
  const { sku, region, isPriced } = deployment;
  return isPriced ? costMicroUsd(model, usage, { sku, region, atMs }) : null;
}

/** What one call has cost, added to what the calls before it have. */
export function withCosts(record: RunningRecord, call: Call<Usage | null>): RunningRecord {
  const { deployment, usage } = call;
  const { name, region, model: modelName } = deployment;
  const answeredBy = { ...record, deployment: { name, region, model: modelName } };
  if (!usage) return answeredBy;
  const microUsd = callMicroUsd({ ...call, usage });
  const billed = {
    ...answeredBy,
    usage: record.usage ? addUsage(record.usage, usage) : usage,
    costMicroUsd: microUsd === null ? record.costMicroUsd : (record.costMicroUsd ?? 0) + microUsd,
  };
  return withSecondCall(billed, microUsd);
}

/** What two calls, or two pages, were billed together; image tokens are null where those of one are not known. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    promptTokens: left.promptTokens + right.promptTokens,
    imageTokens: left.imageTokens === null || right.imageTokens === null ? null : left.imageTokens + right.imageTokens,
    cachedTokens: left.cachedTokens + right.cachedTokens,
    completionTokens: left.completionTokens + right.completionTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    totalTokens: left.totalTokens + right.totalTokens,
  };
}
