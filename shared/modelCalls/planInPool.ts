import type { Capabilities } from '../capabilities.ts';
import { getModel } from '../catalog/catalog.ts';
import { AnswerFailed, ImageRejected } from '../errors.ts';
import { pricedBy } from '../money/pricedBy.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import { usdText } from '../tokens/cost.ts';
import type { GivenSize } from '../tokens/imageSize.ts';
import { type Plan, planAnalysis } from './planAnalysis.ts';
import { withDeclaredText } from './textLayer.ts';

/** A plan, and the names of the deployments that could serve it. */
interface PooledPlan {
  readonly plan: Plan;
  readonly couldServe: readonly string[];
  /** The most tokens that they admit in a minute, together. */
  readonly tokensPerMinute: number;
}

/**
 * Plans the request with the deployments of the pool that serve it.
 *
 * @throws {AnswerFailed} `service-refused` if none serves it any more
 * @throws {ImageRejected} `too-many-pixels`
 */
export async function planInPool(
  request: AnalysisRequest,
  size: GivenSize,
  parts: Pick<Capabilities, 'calibrations' | 'deployments' | 'now'>,
): Promise<PooledPlan> {
  const candidates = parts.deployments.filter(
    ({ model, name }) => model === request.model && (request.deploymentName ?? name) === name,
  );
  const [first] = candidates;
  if (!first) {
    throw new AnswerFailed(
      'service-refused',
      `No deployment of the pool serves ${request.deploymentName ?? request.model} any more.`,
    );
  }
  const couldServe = candidates.map(({ name }) => name);
  const plan = await planAnalysis(withDeclaredText(request, size), size, {
    deployment: pricedBy(candidates, getModel(first.countsAs), parts.now())?.deployment ?? first,
    calibration: parts.calibrations.of(couldServe),
    nowMs: parts.now(),
    largestMinuteTokens: Math.max(...candidates.map(({ tokensPerMinute }) => tokensPerMinute)),
  });
  const tokensPerMinute = candidates.reduce((sum, candidate) => sum + candidate.tokensPerMinute, 0);
  return { plan, couldServe, tokensPerMinute };
}

/**
 * Whether a file may cost what is expected of it.
 *
 * @param estimatedMicroUsd null where no price is known: then no limit can be kept
 * @throws {ImageRejected} `exceeds-max-usd`: "The file is expected to cost $0.80000; the request allows $0.50000."
 */
export function assertAffordable({ maxUsd }: AnalysisRequest, estimatedMicroUsd: number | null): void {
  if (maxUsd === undefined) return;
  const allowed = usdText(Math.round(maxUsd * 1e6));
  if (estimatedMicroUsd === null) {
    throw new ImageRejected(
      'exceeds-max-usd',
      `The price of the model is not known, so that the limit of ${allowed} cannot be kept. Leave maxUsd out.`,
    );
  }
  if (estimatedMicroUsd <= maxUsd * 1e6) return;
  throw new ImageRejected(
    'exceeds-max-usd',
    `The file is expected to cost ${usdText(estimatedMicroUsd)}; the request allows ${allowed}. Raise maxUsd, or ask for fewer pages.`,
  );
}
