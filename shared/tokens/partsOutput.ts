/** How long an answer may be that is given part by part. */

export interface OutputTokens {
  readonly expected: number;
  readonly max: number;
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
