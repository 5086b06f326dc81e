import type { Model } from '../catalog/model.ts';
import type { Deployment } from '../pool/deployment.ts';
import type { Usage } from '../pool/outcome.ts';
import { costMicroUsd } from '../tokens/cost.ts';
import type { AnalysisRecord } from './analysisRecord.ts';

/** What one call has cost, added to what the calls before it have. */
export function withCosts(
  record: AnalysisRecord,
  call: { readonly deployment: Deployment; readonly usage: Usage | null; readonly model: Model; readonly atMs: number },
): AnalysisRecord {
  const { deployment, usage, model, atMs } = call;
  const { name, region, model: modelName, sku } = deployment;
  const answeredBy = { ...record, deployment: { name, region, model: modelName } };
  if (!usage) return answeredBy;
  const microUsd = deployment.isPriced ? costMicroUsd(model, usage, { sku, region, atMs }) : null;
  return {
    ...answeredBy,
    usage: record.usage ? addUsage(record.usage, usage) : usage,
    costMicroUsd: microUsd === null ? record.costMicroUsd : (record.costMicroUsd ?? 0) + microUsd,
  };
}

function addUsage(left: Usage, right: Usage): Usage {
  return {
    promptTokens: left.promptTokens + right.promptTokens,
    imageTokens: left.imageTokens === null || right.imageTokens === null ? null : left.imageTokens + right.imageTokens,
    cachedTokens: left.cachedTokens + right.cachedTokens,
    completionTokens: left.completionTokens + right.completionTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    totalTokens: left.totalTokens + right.totalTokens,
  };
}
