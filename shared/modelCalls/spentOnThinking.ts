import { formatCount } from '../errors.ts';
import type { Usage } from '../pool/outcome.ts';

/** The share of the cap that counts as filled by thinking. */
const MOST_OF_CAP = 0.8;

/**
 * The output tokens that a model has spent on thinking, if that filled its cap; undefined otherwise. Some servers
 * report no thinking: then the whole of an answer that was cut before its first letter counts.
 *
 * @example cut at 800 tokens, of which 780 were thinking: 780; cut at 800 without a text and without a count: 800
 */
export function spentOnThinking(
  reply: { readonly text: string; readonly finish: 'stop' | 'length'; readonly usage?: Usage | null },
  maxOutputTokens: number,
): number | undefined {
  if (reply.finish !== 'length') return undefined;
  const { reasoningTokens = 0, completionTokens = maxOutputTokens } = reply.usage ?? {};
  if (reasoningTokens > 0 && reasoningTokens >= MOST_OF_CAP * Math.min(completionTokens, maxOutputTokens)) {
    return reasoningTokens;
  }
  return reply.text.trim() === '' ? Math.min(completionTokens, maxOutputTokens) : undefined;
}

/** What a caller can do about it. */
export function thinkingSentence(spentTokens: number, maxOutputTokens: number): string {
  const [spent, cap] = [spentTokens, maxOutputTokens].map(formatCount);
  return (
    `The model spent ${spent} of ${cap} output tokens on thinking and left no whole answer. ` +
    'Use a larger `maxOutputTokens`, a lower effort, or a model that thinks less.'
  );
}
