import { getModel } from '../catalog/catalog.ts';
import type { Detail, Model } from '../catalog/model.ts';
import { ImageRejected } from '../errors.ts';
import type { Deployment } from '../pool/deployment.ts';
import type { Warning } from '../records/analysisRecord.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { Prompt } from '../tasks/prompts/promptFor.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { TaskRequest } from '../tasks/taskRequest.ts';
import { admissionTokens } from '../tokens/admissionTokens.ts';
import { type Calibration, calibrated } from '../tokens/calibration.ts';
import { costMicroUsd } from '../tokens/cost.ts';
import { finerWay } from '../tokens/finerWay.ts';
import type { GivenSize, ImageSize } from '../tokens/imageSize.ts';
import { countImageTokens } from '../tokens/imageTokens.ts';
import { isIllegible } from '../tokens/legibility.ts';
import type { PartsPlan } from '../tokens/parts/partsPlan.ts';
import { reductionWarnings, type Way } from '../tokens/reductionWarnings.ts';
import { nearestDetail, seenByModel } from '../tokens/seenByModel.ts';
import { sizeToSend } from '../tokens/sizeToSend.ts';
import { partsFor, partsTerms, wordsFor } from './partsFor.ts';

/** What will be sent, and what it is expected to cost, before anything is. */
export interface Plan {
  readonly model: Model;
  readonly detail: Detail;
  /** Size to send; of an image in parts the size of each. */
  readonly target: ImageSize;
  /** How the image is cut; absent: it is sent whole. */
  readonly parts?: PartsPlan;
  /** The prompt, with a description of the parts. */
  readonly asked: TaskRequest;
  readonly prompt: Prompt;
  /** The output cap, thinking included. */
  readonly maxOutputTokens: number;
  /** By the catalogue's rule, uncorrected. */
  readonly imageTokens: number;
  /** The most image tokens that may be billed: the highest count that a source gives, or the learned one. */
  readonly mostImageTokens: number;
  /** Against sending the image as it was given. */
  readonly savedTokens: number;
  /** Text, frame and image; the image with the learned correction. */
  readonly promptTokens: number;
  /** What the service charges against quota, by the documented rule. */
  readonly admissionTokens: number;
  /** Of the prompt and an answer of the expected length; null where no price is known. */
  readonly estimatedMicroUsd: number | null;
  /** Warnings that the size that is sent may make the answer worse. */
  readonly warnings: readonly Warning[];
}

/**
 * Plans the request for an image of this size.
 *
 * @param context.deployment any deployment of the requested model: its rule and price are used
 * @param context.calibration the corrections learned from the deployments that could serve it
 * @throws {ImageRejected} `too-many-pixels` when the service would refuse every size that could be sent
 */
export async function planAnalysis(
  request: AnalysisRequest,
  size: GivenSize,
  context: {
    readonly deployment: Deployment;
    readonly calibration?: Calibration | undefined;
    readonly nowMs: number;
    /** The most tokens that any deployment admits in a minute; absent: those of `deployment`. */
    readonly largestMinuteTokens?: number;
  },
): Promise<Plan> {
  const { deployment, calibration, nowMs } = context;
  const model = getModel(deployment.countsAs);
  const task = taskOf(request.task);
  const detail = nearestDetail(model, request.detail);
  const look = { detail, quality: request.quality, floorPx: task.economyFloorPx, sight: task.sight };
  const whole = sizeToSend(model, size, look);
  const seen = seenByModel(model, whole, detail) ?? whole;
  const counted = countImageTokens(model, whole, detail);
  if (counted.kind === 'refused') throw new ImageRejected('too-many-pixels', counted.detail);
  const largestMinuteTokens = context.largestMinuteTokens ?? deployment.tokensPerMinute;
  const possible = isIllegible(size, seen, task.sight)
    ? await partsFor(
        request,
        size,
        partsTerms(request, model, { largestMinuteTokens, apiVersion: deployment.apiVersion }),
      )
    : undefined;
  const cut = request.parts === 'auto' ? possible : undefined;
  const finer = isIllegible(size, seen, task.sight) ? finerWay(model, size, look) : undefined;
  const { prompt, output } = cut ?? (await wordsFor(request, model, deployment.apiVersion));
  const imageTokens = cut?.plan.tokens ?? (counted.kind === 'counted' ? counted.tokens : 0);
  const imageAdmissionTokens = cut?.plan.admission ?? (counted.kind === 'counted' ? counted.admission : 0);
  const maxOutputTokens = output.max;
  const { textTokens } = prompt;
  const correctedTokens = calibrated(imageTokens, calibration);
  const promptTokens = textTokens + correctedTokens;
  const where = { sku: deployment.sku, region: deployment.region, atMs: nowMs };
  const priceOf = (prompt: number, completion = 0): number | null =>
    deployment.isPriced
      ? costMicroUsd(model, { promptTokens: prompt, cachedTokens: 0, completionTokens: completion }, where)
      : null;
  const wayOf = (tokens: number): Way => ({ tokens, microUsd: priceOf(tokens) });
  return {
    model,
    detail,
    target: cut?.plan.sent ?? { width: whole.width, height: whole.height },
    ...(cut && { parts: cut.plan }),
    asked: cut?.asked ?? request,
    prompt,
    maxOutputTokens,
    imageTokens,
    mostImageTokens: Math.max(imageAdmissionTokens, correctedTokens),
    savedTokens: cut ? 0 : whole.savedTokens,
    promptTokens,
    admissionTokens: admissionTokens({ imageAdmissionTokens, textTokens, maxOutputTokens }),
    estimatedMicroUsd: priceOf(promptTokens, output.expected),
    warnings: reductionWarnings({
      size,
      seen,
      sight: task.sight,
      whole: wayOf(whole.tokens),
      finer: finer && { ...finer, ...wayOf(finer.tokens) },
      parts: possible && { plan: possible.plan, ...wayOf(possible.plan.tokens) },
      isTaken: cut !== undefined,
    }),
  };
}
