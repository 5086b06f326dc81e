import { randomUUID } from 'node:crypto';
import type { ChatRequest } from './chatRequest.ts';
import { composeProse } from './composeAnswer.ts';
import { type FilterCategory, filterResults } from './contentFilter.ts';
import type { ModelRow } from './modelRow.ts';
import type { PromptTokens } from './promptTokens.ts';
import type { Seen } from './seen.ts';
import { composeForImages } from './severalImages.ts';
import { firstTokens, textTokens } from './textTokens.ts';

/** What a model said: the text within its cap, and what it is billed. */
export interface Completion {
  readonly text: string;
  readonly finish: 'stop' | 'length' | 'content_filter';
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  /** Set when the filter cut the answer. */
  readonly filtered: FilterCategory | undefined;
}

/** Invented sizes, growing with the effort: enough for a small cap to be used up by thinking. */
const reasoningTokensByEffort: Readonly<Record<string, number>> = {
  low: 64,
  medium: 192,
  high: 512,
  xhigh: 1024,
  max: 2048,
};

/**
 * The answer to a chat about images that were seen so. A cap is spent on reasoning first: one that is too small gives
 * an empty text and `length`, as the service does.
 */
export async function complete(
  chat: ChatRequest,
  as: {
    readonly row: ModelRow;
    readonly seen: Seen | undefined;
    readonly instead: string | undefined;
    readonly filtered: FilterCategory | undefined;
  },
): Promise<Completion> {
  const { row, filtered } = as;
  const text = as.instead ?? answerTo(chat, as.seen);
  const wanted = await textTokens(text, row.encoding);
  const wantedReasoning = row.reasons ? (reasoningTokensByEffort[chat.effort ?? 'none'] ?? 0) : 0;
  const cap = chat.outputCap ?? row.maxOutputTokens;
  const reasoningTokens = Math.min(wantedReasoning, cap);
  const room = cap - reasoningTokens;
  if (filtered) {
    const half = Math.min(room, Math.ceil(wanted / 2));
    const cut = await firstTokens(text, { maxTokens: half, encoding: row.encoding });
    return { text: cut, finish: 'content_filter', completionTokens: reasoningTokens + half, reasoningTokens, filtered };
  }
  if (wanted <= room) {
    return { text, finish: 'stop', completionTokens: reasoningTokens + wanted, reasoningTokens, filtered };
  }
  const cut = await firstTokens(text, { maxTokens: room, encoding: row.encoding });
  return { text: cut, finish: 'length', completionTokens: cap, reasoningTokens, filtered };
}

function answerTo(chat: ChatRequest, seen: Seen | undefined): string {
  if (!seen) return 'There is no image in the request, and the emulated model does nothing else.';
  return chat.shape ? JSON.stringify(composeForImages(chat.shape, seen)) : composeProse(seen);
}

/** A chat completion as the service writes it. */
export interface CompletionBody {
  readonly choices: readonly Readonly<Record<string, unknown>>[];
  readonly usage?: object;
  readonly [field: string]: unknown;
}

/** The body of a 200, with usage and the content filter's results for prompt and answer. */
export function completionBody(
  completion: Completion,
  about: {
    readonly model: string;
    readonly prompt: PromptTokens;
    readonly tellsImageTokens: boolean;
    readonly createdAtMs: number;
  },
): CompletionBody {
  const promptTokens = about.prompt.textTokens + about.prompt.imageTokens;
  const told = { image_tokens: about.prompt.imageTokens, text_tokens: about.prompt.textTokens };
  return {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    object: 'chat.completion',
    created: Math.floor(about.createdAtMs / 1000),
    model: about.model,
    system_fingerprint: 'fp_emulated',
    prompt_filter_results: [
      {
        prompt_index: 0,
        content_filter_results: { ...filterResults(), jailbreak: { filtered: false, detected: false } },
      },
    ],
    choices: [
      {
        index: 0,
        finish_reason: completion.finish,
        logprobs: null,
        message: { role: 'assistant', content: completion.text, refusal: null },
        content_filter_results: filterResults(completion.filtered),
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completion.completionTokens,
      total_tokens: promptTokens + completion.completionTokens,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0, ...(about.tellsImageTokens ? told : {}) },
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: completion.reasoningTokens,
        rejected_prediction_tokens: 0,
      },
    },
  };
}
