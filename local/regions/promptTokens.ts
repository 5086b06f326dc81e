import type { ChatRequest } from './chatRequest.ts';
import { type Sight, seenAs } from './imageRule.ts';
import type { ModelRow } from './modelRow.ts';
import type { RegionSettings } from './regionOptions.ts';
import { invalidRequest, type ServiceError } from './serviceError.ts';
import { textTokens } from './textTokens.ts';

/** What a prompt is for a model: its text, its images as the model sees them, and what is charged at the door. */
export interface PromptTokens {
  readonly textTokens: number;
  readonly imageTokens: number;
  readonly sights: readonly Sight[];
  /** The estimate of the prompt times the region's factor, plus the output cap. */
  readonly admissionTokens: number;
}

export type Counted =
  | ({ readonly kind: 'counted' } & PromptTokens)
  | { readonly kind: 'refused'; readonly error: ServiceError };

/** Three tokens frame each message, its role is one more, and three begin the answer (OpenAI Cookbook, "How to count tokens", 2024). */
const messageTokens = 4;
const answerStartTokens = 3;

/**
 * Counts a chat request. Admission is "prompt, in part by its characters, + max_tokens" (Microsoft Learn, "Azure OpenAI
 * quotas and limits", 2026-09-16); how a region counts is its option. A cap that is not sent adds nothing, since no
 * source says what it adds.
 */
export async function countPrompt(
  chat: ChatRequest,
  by: { readonly row: ModelRow; readonly admission: RegionSettings['admission'] },
): Promise<Counted> {
  const counts = await Promise.all(chat.texts.map((text) => textTokens(text, by.row.encoding)));
  const text = counts.reduce((sum, count) => sum + count + messageTokens, answerStartTokens);
  const sights: Sight[] = [];
  for (const { width, height, detail } of chat.images) {
    if (by.row.image === null) continue;
    const seen = seenAs(by.row.image, { width, height, detail });
    if (seen.kind === 'refused') return { kind: 'refused', error: invalidRequest(seen.sentence, { code: seen.code }) };
    sights.push(seen.sight);
  }
  const images = sights.reduce((sum, sight) => sum + sight.tokens, 0);
  const promptTokens = text + images;
  if (promptTokens + (chat.outputCap ?? 0) > by.row.contextTokens) {
    return { kind: 'refused', error: tooLong(promptTokens, { cap: chat.outputCap, context: by.row.contextTokens }) };
  }
  const characters = chat.texts.reduce((sum, one) => sum + one.length, 0);
  const estimates = {
    pixels: promptTokens,
    characters: Math.ceil(characters / 4) + images,
    charactersWithBase64: Math.ceil((characters + chat.imageCharacters) / 4),
  };
  const prompt = Math.ceil(estimates[by.admission.countBy] * by.admission.factor);
  const admissionTokens = prompt + (chat.outputCap ?? 0);
  return { kind: 'counted', textTokens: text, imageTokens: images, sights, admissionTokens };
}

/** Azure/azure-sdk-for-python#40986 (2025-05-08) with a cap, assafelovic/gpt-researcher#680 (2024-07-17) without one. */
function tooLong(promptTokens: number, of: { readonly cap: number | null; readonly context: number }): ServiceError {
  const limit = `This model's maximum context length is ${of.context} tokens.`;
  const message =
    of.cap === null
      ? `${limit} However, your messages resulted in ${promptTokens} tokens. Please reduce the length of the messages.`
      : `${limit} However, you requested ${promptTokens + of.cap} tokens (${promptTokens} in the messages, ${of.cap} in the completion). Please reduce the length of the messages or completion.`;
  return invalidRequest(message, { param: 'messages', code: 'context_length_exceeded' });
}
