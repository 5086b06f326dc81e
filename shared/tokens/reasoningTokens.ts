/** What a model thinks before it answers: billed as output, and charged against quota within the output cap. */

export interface ReasoningTokens {
  readonly expected: number;
  /** Room to leave for it in the output cap. */
  readonly max: number;
}

const EFFORTS_FROM_LOWEST = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

type Effort = (typeof EFFORTS_FROM_LOWEST)[number];

/**
 * Models think for "a few hundred to tens of thousands" of tokens ("Reasoning models", OpenAI, 2025), and no source
 * gives a figure for an effort: these are assumptions for looking at one image. `none` is none.
 */
const BY_EFFORT: Readonly<Record<Effort, ReasoningTokens>> = {
  none: { expected: 0, max: 0 },
  minimal: { expected: 50, max: 200 },
  low: { expected: 300, max: 1_200 },
  medium: { expected: 800, max: 3_200 },
  high: { expected: 2_000, max: 8_000 },
  xhigh: { expected: 4_000, max: 16_000 },
  max: { expected: 8_000, max: 25_000 },
};

const NOTHING: ReasoningTokens = { expected: 0, max: 0 };

/**
 * Tokens of thinking at the least effort that a model offers, which is what Argus asks for; none for a model that does
 * not think.
 *
 * `reasoningTokens(['minimal', 'low'])` is `{ expected: 50, max: 200 }`.
 */
export function reasoningTokens(efforts: readonly string[]): ReasoningTokens {
  const least = EFFORTS_FROM_LOWEST.find((effort) => efforts.includes(effort));
  return least === undefined ? NOTHING : BY_EFFORT[least];
}
