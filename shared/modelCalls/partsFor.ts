import { effortsUnder } from '../catalog/apiVersions.ts';
import type { Detail, Model } from '../catalog/model.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import { type Prompt, promptFor } from '../tasks/prompts/promptFor.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { TaskRequest } from '../tasks/taskRequest.ts';
import type { GivenSize } from '../tokens/imageSize.ts';
import { type OutputTokens, outputForParts, reasoningTokens } from '../tokens/outputTokens.ts';
import { type PartsPlan, planParts } from '../tokens/parts/partsPlan.ts';
import { nearestDetail } from '../tokens/seenByModel.ts';

/** The prompt, and how long the answer may be, thinking included. */
export interface Words {
  readonly prompt: Prompt;
  readonly output: OutputTokens;
}

/**
 * The prompt for an image that is sent whole.
 *
 * @param apiVersion of the deployment, which may not accept every effort; undefined: v1
 */
export async function wordsFor(request: AnalysisRequest, model: Model, apiVersion: string | undefined): Promise<Words> {
  const prompt = await promptFor(request, promptModelOf(model));
  const reasoning = reasoningTokens(effortsUnder(model.parameters, apiVersion));
  const max = request.maxOutputTokens ?? prompt.maxOutputTokens + reasoning.max;
  return { prompt, output: { expected: Math.min(prompt.expectedOutputTokens + reasoning.expected, max), max } };
}

interface PartsTerms {
  readonly model: Model;
  readonly detail: Detail;
  /** The limits of one request in tokens: a deployment's minute and the model's context. */
  readonly mostTokens: number;
  readonly apiVersion: string | undefined;
}

/** Within a deployment's minute and the model's context. */
export function partsTerms(
  { detail }: AnalysisRequest,
  model: Model,
  from: { readonly largestMinuteTokens: number; readonly apiVersion: string | undefined },
): PartsTerms {
  return {
    model,
    detail: nearestDetail(model, detail),
    mostTokens: Math.min(from.largestMinuteTokens, model.limits.contextTokens),
    apiVersion: from.apiVersion,
  };
}

interface PlannedParts extends Words {
  readonly plan: PartsPlan;
  readonly asked: TaskRequest;
}

/**
 * The request in parts for an image of this size. Undefined where the whole image is legible, or parts do not help.
 *
 * @throws {InvalidRequest} as `planParts` does
 */
export async function partsFor(
  request: AnalysisRequest,
  size: GivenSize,
  terms: PartsTerms,
): Promise<PlannedParts | undefined> {
  const plans = await createPartsPlanner(request, terms);
  const found = plans(size);
  if (!found) return undefined;
  const { plan, outputTokens: output } = found;
  const asked = { ...request, inParts: { columns: plan.columns, rows: plan.rows } };
  return { plan, output, asked, prompt: await promptFor(asked, promptModelOf(terms.model)) };
}

type PartsPlanner = (
  size: GivenSize,
) => { readonly plan: PartsPlan; readonly textTokens: number; readonly outputTokens: OutputTokens } | undefined;

/**
 * The plans of many images for one request. Its text is counted once, because it has the same length for every grid.
 */
export async function createPartsPlanner(
  request: AnalysisRequest,
  { model, detail, mostTokens, apiVersion }: PartsTerms,
): Promise<PartsPlanner> {
  const { answersByPart, sight, economyFloorPx: floorPx, fullOutputTokens } = taskOf(request.task);
  const { output: whole } = await wordsFor(request, model, apiVersion);
  const { textTokens } = await promptFor({ ...request, inParts: { columns: 1, rows: 2 } }, promptModelOf(model));
  const room = mostTokens - textTokens;
  const longest = request.maxOutputTokens ?? fullOutputTokens;
  return (size) => {
    const question = { detail, quality: request.quality, floorPx, sight, mostTokens: room - whole.max };
    const plan = planParts(model, size, question);
    if (!plan) return undefined;
    const { count, admission } = plan;
    const parts = outputForParts(whole, { count, longest, room: room - admission });
    // An answer about the whole may be as long as one in parts, but most are not, so the expected price stays.
    return { plan, textTokens, outputTokens: answersByPart ? parts : { ...parts, expected: whole.expected } };
  };
}

function promptModelOf(model: Model): Parameters<typeof promptFor>[1] {
  return { jsonSchema: model.parameters.jsonSchema, encoding: model.textEncoding.name };
}
