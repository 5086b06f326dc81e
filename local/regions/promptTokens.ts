import type { ChatRequest } from './chatRequest.ts';
import { type Sight, seenAs } from './imageRule.ts';
import type { ModelRow } from './modelRow.ts';
import type { RegionSettings } from './regionOptions.ts';
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
  | { readonly kind: 'refused'; readonly sentence: string };

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
    if (seen.kind === 'refused') return seen;
    sights.push(seen.sight);
  }
  const images = sights.reduce((sum, sight) => sum + sight.tokens, 0);
  const characters = chat.texts.reduce((sum, one) => sum + one.length, 0);
  const estimates = {
    pixels: text + images,
    characters: Math.ceil(characters / 4) + images,
    charactersWithBase64: Math.ceil((characters + chat.imageCharacters) / 4),
  };
  const prompt = Math.ceil(estimates[by.admission.countBy] * by.admission.factor);
  const admissionTokens = prompt + (chat.outputCap ?? 0);
  return { kind: 'counted', textTokens: text, imageTokens: images, sights, admissionTokens };
}
