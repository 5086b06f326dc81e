/** How long an answer may be: what a model thinks before it, and an answer that is given part by part. */

export interface OutputTokens {
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
const BY_EFFORT: Readonly<Record<Effort, OutputTokens>> = {
  none: { expected: 0, max: 0 },
  minimal: { expected: 50, max: 200 },
  low: { expected: 300, max: 1_200 },
  medium: { expected: 800, max: 3_200 },
  high: { expected: 2_000, max: 8_000 },
  xhigh: { expected: 4_000, max: 16_000 },
  max: { expected: 8_000, max: 25_000 },
};

const NOTHING: OutputTokens = { expected: 0, max: 0 };

/**
 * Tokens of thinking, which is billed as output, at the least effort that a model offers, which is what Argus asks for;
 * none for a model that does not think.
 *
 * `reasoningTokens(['minimal', 'low'])` is `{ expected: 50, max: 200 }`.
 */
export function reasoningTokens(efforts: readonly string[]): OutputTokens {
  const least = EFFORTS_FROM_LOWEST.find((effort) => efforts.includes(effort));
  return least === undefined ? NOTHING : BY_EFFORT[least];
}

/**
 * Each part may hold as much as a whole image is expected to, up to the task's longest answer and to the room that a
 * deployment's minute leaves; never less than for a whole image.
 *
 * Four parts of a task with a cap of 800 and at most 4,096 have 3,200; with room for 2,475 they have those.
 */
export function outputForParts(
  whole: OutputTokens,
  { count, longest, room }: { readonly count: number; readonly longest: number; readonly room: number },
): OutputTokens {
  const max = Math.max(whole.max, Math.min(whole.max * count, longest, Math.floor(room)));
  return { expected: Math.min(whole.expected * count, max), max };
}
