import { findModel, getModel, modelKey } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import { standInModel } from '../catalog/standInModel.ts';
import { InvalidRequest, type Problem } from '../errors.ts';
import { createPartsPlanner, partsTerms, wordsFor } from '../modelCalls/partsFor.ts';
import { withDeclaredText } from '../modelCalls/textLayer.ts';
import { pricedBy } from '../money/pricedBy.ts';
import type { Deployment } from '../pool/deployment.ts';
import { quotasOf } from '../pool/quotaScope.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { Calibrations } from '../tokens/calibrations.ts';
import { type Estimate, estimateForModel } from '../tokens/estimateForModel.ts';
import type { RequestShape } from '../tokens/estimateImage.ts';
import type { GivenSize } from '../tokens/imageSize.ts';
import { uncountable } from '../tokens/imageTokens.ts';
import { largestMinuteOf, type Quota, type ScopedQuota } from '../tokens/minutesAtQuota.ts';

/** The question of an estimate, independent of the images. */
export interface EstimateQuestion {
  /** Task, detail, quality and caps; its model counts only where `models` is absent. */
  readonly request: AnalysisRequest;
  /** Names or `name@version`; absent: the pool's models. */
  readonly models?: readonly string[];
  /** What if the quota were this. */
  readonly tokensPerMinute?: number;
}

export interface PoolFacts {
  readonly deployments: readonly Deployment[];
  readonly calibrations: Calibrations;
  readonly nowMs: number;
}

/** `index`: its place in the list that was asked about; absent: its place among the sizes. */
export type CountedSize = GivenSize & { readonly count: number; readonly index?: number };

/** An image that is not estimated, and why: its blob, its URL, or its place in the list, `#3`. */
export interface NotEstimated {
  readonly name: string;
  readonly code: string;
  readonly detail: string;
}

/** One estimate a model, cheapest first; what has no known price comes last. */
export async function estimateModels(
  models: readonly Model[],
  sizes: readonly CountedSize[],
  question: EstimateQuestion & PoolFacts,
): Promise<readonly Estimate[]> {
  const estimates: Estimate[] = [];
  for (const model of models) estimates.push(await estimateOne(model, sizes, question));
  return estimates.toSorted((left, right) => dollars(left) - dollars(right) || 0);
}

async function estimateOne(
  model: Model,
  sizes: readonly CountedSize[],
  question: EstimateQuestion & PoolFacts,
): Promise<Estimate> {
  const { request, tokensPerMinute, deployments, calibrations, nowMs } = question;
  const inPool = deployments.filter((deployment) => keyOf(deployment) === modelKey(model));
  const priced = pricedBy(inPool, model, nowMs);
  const apiVersion = priced?.deployment.apiVersion;
  const { prompt, output } = await wordsFor(request, model, apiVersion);
  const quota = tokensPerMinute === undefined ? quotaOf(inPool) : { tokensPerMinute, requestsPerMinute: null };
  const { sight, economyFloorPx: floorPx } = taskOf(request.task);
  const terms = partsTerms(request, model, { largestMinuteTokens: largestMinuteOf(quota), apiVersion });
  const plan = request.parts && (await createPartsPlanner(request, terms));
  const estimate = estimateForModel(model, sizes, {
    detail: request.detail,
    quality: request.quality,
    floorPx,
    sight,
    partsOf: plan,
    wordsOf: await wordsByText(request, model, { sizes, apiVersion }),
    textTokens: prompt.textTokens,
    outputTokens: output,
    ...quota,
    scopes: tokensPerMinute === undefined && inPool.length > 0 ? scopesOf(inPool) : undefined,
    ...(priced ? { sku: priced.deployment.sku, region: priced.deployment.region } : {}),
    calibration: calibrations.of(inPool.map(({ name }) => name)),
    nowMs,
  });
  if (priced?.warning === undefined) return estimate;
  return { ...estimate, warnings: [...estimate.warnings, priced.warning] };
}

/** The words that go with pages whose own text is sent along; undefined for all else. */
async function wordsByText(
  request: AnalysisRequest,
  model: Model,
  { sizes, apiVersion }: { readonly sizes: readonly CountedSize[]; readonly apiVersion: string | undefined },
): Promise<(size: GivenSize) => RequestShape | undefined> {
  const texts = new Map<string, RequestShape>();
  for (const { declaredText } of sizes) {
    if (declaredText === undefined || texts.has(declaredText)) continue;
    const { prompt, output } = await wordsFor(
      withDeclaredText(request, { width: 1, height: 1, declaredText }),
      model,
      apiVersion,
    );
    texts.set(declaredText, { textTokens: prompt.textTokens, outputTokens: output });
  }
  return ({ declaredText }) => (declaredText === undefined ? undefined : texts.get(declaredText));
}

function quotaOf(inPool: readonly Deployment[]): Quota {
  if (inPool.length === 0) return { tokensPerMinute: null, requestsPerMinute: null };
  return {
    tokensPerMinute: sum(inPool.map((each) => each.tokensPerMinute)),
    requestsPerMinute: sum(inPool.map((each) => each.requestsPerMinute)),
    largestMinuteTokens: Math.max(...inPool.map((each) => each.tokensPerMinute)),
  };
}

function scopesOf(inPool: readonly Deployment[]): readonly ScopedQuota[] {
  return quotasOf(inPool).map(({ quotaScope, subscription, members }) => ({
    ...quotaOf(members),
    quotaScope,
    ...(subscription === undefined ? {} : { subscription }),
    deployments: members.map(({ name }) => name),
  }));
}

/**
 * The models that are asked about, each once: of the catalogue, or the pool's own that another one stands in for.
 *
 * @throws {InvalidRequest} naming every model that is unknown, or whose token rule is unknown
 */
export function modelsOf(names: readonly string[] | undefined, deployments: readonly Deployment[]): readonly Model[] {
  const own = new Map(deployments.map((deployment) => [keyOf(deployment), deployment]));
  const problems: Problem[] = [];
  const models = new Map<string, Model>();
  for (const name of names ?? own.keys()) {
    const deployment = own.get(name);
    const model = deployment && !deployment.isPriced ? standInOf(deployment) : findModel(name);
    if (!model) problems.push(...problemsOf(() => getModel(name)));
    else if (model.imageTokens.rule.kind === 'unknown') problems.push({ path: 'models', message: uncountable(model) });
    else models.set(modelKey(model), model);
  }
  if (problems.length > 0) throw new InvalidRequest(problems);
  return [...models.values()];
}

function keyOf({ isPriced, countsAs, model }: Deployment): string {
  return isPriced ? countsAs : model;
}

function standInOf({ model, countsAs }: Deployment): Model {
  const at = model.lastIndexOf('@');
  return standInModel({ name: model.slice(0, at), version: model.slice(at + 1) }, getModel(countsAs));
}

function problemsOf(step: () => unknown): readonly Problem[] {
  try {
    step();
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems.map(({ message }) => ({ path: 'models', message }));
    throw error;
  }
}

function dollars(estimate: Estimate): number {
  return estimate.cost.totalUsd.expected ?? Number.MAX_VALUE;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
