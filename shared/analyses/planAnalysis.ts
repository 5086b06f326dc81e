import { effortsUnder } from '../catalog/apiVersions.ts';
import { getModel } from '../catalog/catalog.ts';
import type { Detail, Model } from '../catalog/model.ts';
import { ImageRejected } from '../errors.ts';
import type { Deployment } from '../pool/deployment.ts';
import { type Prompt, promptFor } from '../tasks/promptFor.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { TaskName } from '../tasks/taskRequest.ts';
import { admissionTokens } from '../tokens/admissionTokens.ts';
import { type Calibration, calibrated } from '../tokens/calibration.ts';
import { costMicroUsd } from '../tokens/cost.ts';
import type { ImageSize } from '../tokens/imageSize.ts';
import { countImageTokens } from '../tokens/imageTokens.ts';
import { unreadableText } from '../tokens/legibility.ts';
import { reasoningTokens } from '../tokens/reasoningTokens.ts';
import { nearestDetail, seenByModel } from '../tokens/seenByModel.ts';
import { sizeToSend } from '../tokens/sizeToSend.ts';
import type { Warning } from './analysisRecord.ts';
import type { AnalysisRequest } from './analysisRequest.ts';

/** What will be sent, and what it is expected to cost, before anything is. */
export interface Plan {
  readonly model: Model;
  readonly detail: Detail;
  /** Size to send. */
  readonly target: ImageSize;
  readonly prompt: Prompt;
  /** The output cap, thinking included. */
  readonly maxOutputTokens: number;
  /** By the catalogue's rule, uncorrected. */
  readonly imageTokens: number;
  /** What it may be billed at most: by the highest count that a source gives, or by what answers have taught. */
  readonly mostImageTokens: number;
  /** Against sending the image as it was given. */
  readonly savedTokens: number;
  /** Text, frame and image, the image corrected by what answers have taught. */
  readonly promptTokens: number;
  /** What the service charges against quota, by the documented rule. */
  readonly admissionTokens: number;
  /** Of the prompt and an answer of the expected length; null where no price is known. */
  readonly estimatedMicroUsd: number | null;
  /** What the size that is sent may cost the answer. */
  readonly warnings: readonly Warning[];
}

/** Tasks whose answer is the image's own text. */
const READING_TASKS: readonly TaskName[] = ['text', 'tables', 'extract'];

/**
 * Plans the request for an image of this size.
 *
 * @param context.deployment any deployment of the model that was asked for: it says whose rule and price count
 * @param context.calibration what the deployments that could serve it have taught
 * @throws {ImageRejected} `too-many-pixels` when the service would refuse it at any size that we could send
 */
export async function planAnalysis(
  request: AnalysisRequest,
  size: ImageSize,
  context: { readonly deployment: Deployment; readonly calibration?: Calibration | undefined; readonly nowMs: number },
): Promise<Plan> {
  const { deployment, calibration, nowMs } = context;
  const model = getModel(deployment.countsAs);
  const task = taskOf(request.task);
  const detail = nearestDetail(model, request.detail);
  const target = sizeToSend(model, size, { detail, quality: request.quality, floorPx: task.economyFloorPx });
  const counted = countImageTokens(model, target, detail);
  if (counted.kind === 'refused') throw new ImageRejected('too-many-pixels', counted.detail);
  const imageTokens = counted.kind === 'counted' ? counted.tokens : 0;
  const imageAdmissionTokens = counted.kind === 'counted' ? counted.admission : 0;
  const prompt = await promptFor(request, {
    jsonSchema: model.parameters.jsonSchema,
    encoding: model.textEncoding.name,
  });
  const reasoning = reasoningTokens(effortsUnder(model.parameters, deployment.apiVersion));
  const maxOutputTokens = request.maxOutputTokens ?? prompt.maxOutputTokens + reasoning.max;
  const { textTokens } = prompt;
  const correctedTokens = calibrated(imageTokens, calibration);
  const promptTokens = textTokens + correctedTokens;
  const completionTokens = Math.min(prompt.expectedOutputTokens + reasoning.expected, maxOutputTokens);
  const lost = READING_TASKS.includes(request.task)
    ? unreadableText(size, seenByModel(model, target, detail) ?? target)
    : undefined;
  return {
    model,
    detail,
    target: { width: target.width, height: target.height },
    prompt,
    maxOutputTokens,
    imageTokens,
    mostImageTokens: Math.max(imageAdmissionTokens, correctedTokens),
    savedTokens: target.savedTokens,
    promptTokens,
    admissionTokens: admissionTokens({ imageAdmissionTokens, textTokens, maxOutputTokens }),
    estimatedMicroUsd: deployment.isPriced
      ? costMicroUsd(
          model,
          { promptTokens, cachedTokens: 0, completionTokens },
          { sku: deployment.sku, region: deployment.region, atMs: nowMs },
        )
      : null,
    warnings: lost === undefined ? [] : [{ code: 'text-may-be-unreadable', detail: lost }],
  };
}
