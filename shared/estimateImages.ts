import type { AnalysisRequest } from './analyses/analysisRequest.ts';
import { type ImageBytes, lookAtImage } from './analyses/lookAtImage.ts';
import { findModel, getModel, modelKey } from './catalog/catalog.ts';
import type { Model } from './catalog/model.ts';
import { AppError, InvalidRequest, type Problem } from './errors.ts';
import type { ImageLimits } from './image/assertAcceptable.ts';
import type { Deployment } from './pool/deployment.ts';
import { promptFor } from './tasks/promptFor.ts';
import { taskOf } from './tasks/taskOf.ts';
import { type Estimate, estimateForModel } from './tokens/estimateForModel.ts';
import type { ImageSize } from './tokens/imageSize.ts';

/** An image to be estimated: its size, or bytes that hold it. */
export type EstimateImage =
  | ({ readonly kind: 'size'; readonly count: number } & ImageSize)
  | { readonly kind: 'bytes'; readonly image: ImageBytes };

export interface EstimateCall {
  readonly images: readonly EstimateImage[];
  /** Task, detail, quality and caps; its model counts only where `models` is absent. */
  readonly request: AnalysisRequest;
  /** Catalogue references; absent: the pool's models. */
  readonly models?: readonly string[];
  /** What if the quota were this. */
  readonly tokensPerMinute?: number;
}

export interface EstimateAnswer {
  /** How many images are counted. */
  readonly images: number;
  readonly rejected: readonly { readonly name: string; readonly code: string; readonly detail: string }[];
  /** Cheapest first; what has no known price comes last. */
  readonly estimates: readonly Estimate[];
}

/**
 * Tokens, money and minutes of images before anything is sent, for each model.
 *
 * @throws {InvalidRequest} for models that the catalogue does not have, all at once
 */
export async function estimateImages(
  call: EstimateCall,
  parts: { readonly deployments: readonly Deployment[]; readonly limits: ImageLimits; readonly nowMs: number },
): Promise<EstimateAnswer> {
  const models = modelsOf(call, parts.deployments);
  const sizes: (ImageSize & { readonly count: number })[] = [];
  const rejected: { name: string; code: string; detail: string }[] = [];
  for (const [place, image] of call.images.entries()) {
    try {
      sizes.push(await sizeOf(image, parts.limits));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      rejected.push({ name: `#${place + 1}`, code: error.code, detail: error.detail });
    }
  }
  const estimates = await Promise.all(models.map((model) => estimateOne(model, { call, sizes, ...parts })));
  const images = sizes.reduce((sum, { count }) => sum + count, 0);
  return { images, rejected, estimates: estimates.toSorted((left, right) => dollars(left) - dollars(right)) };
}

async function estimateOne(
  model: Model,
  question: {
    readonly call: EstimateCall;
    readonly sizes: readonly (ImageSize & { readonly count: number })[];
    readonly deployments: readonly Deployment[];
    readonly nowMs: number;
  },
): Promise<Estimate> {
  const { call, sizes, deployments, nowMs } = question;
  const { request } = call;
  const prompt = await promptFor(request, {
    jsonSchema: model.parameters.jsonSchema,
    encoding: model.textEncoding.name,
  });
  const max = request.maxOutputTokens ?? prompt.maxOutputTokens;
  const inPool = deployments.filter(({ countsAs }) => countsAs === modelKey(model));
  const [first] = inPool;
  return estimateForModel(model, sizes, {
    detail: request.detail,
    quality: request.quality,
    floorPx: taskOf(request.task).economyFloorPx,
    textTokens: prompt.textTokens,
    outputTokens: { expected: Math.min(prompt.expectedOutputTokens, max), max },
    tokensPerMinute: call.tokensPerMinute ?? (first ? sum(inPool.map((each) => each.tokensPerMinute)) : null),
    requestsPerMinute:
      call.tokensPerMinute === undefined && first ? sum(inPool.map((each) => each.requestsPerMinute)) : null,
    ...(first ? { sku: first.sku, region: first.region } : {}),
    nowMs,
  });
}

async function sizeOf(image: EstimateImage, limits: ImageLimits): Promise<ImageSize & { readonly count: number }> {
  if (image.kind === 'size') return image;
  const header = await lookAtImage(image.image, limits);
  if (header === 'changed') throw new Error('Bytes in hand do not change.');
  return { width: header.width, height: header.height, count: 1 };
}

function modelsOf(call: EstimateCall, deployments: readonly Deployment[]): readonly Model[] {
  const names = call.models ?? deployments.map(({ countsAs }) => countsAs);
  const problems: Problem[] = [];
  const models = new Set<Model>();
  for (const name of names) {
    const found = findModel(name);
    if (found) models.add(found);
    else problems.push(...problemsOf(() => getModel(name)));
  }
  if (problems.length > 0) throw new InvalidRequest(problems);
  return [...models];
}

function problemsOf(step: () => unknown): readonly Problem[] {
  try {
    step();
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
}

function dollars(estimate: Estimate): number {
  return estimate.cost.totalUsd.expected ?? Number.POSITIVE_INFINITY;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
