import type { CheckedAnswer, Warning, WarningCode } from '../reading.ts';

/** Parts are missing, or were left out. */
const INCOMPLETE: readonly WarningCode[] = ['answer-cut', 'answer-shape'];
/** Findings about the image, not the answer: no reason to prefer another one. */
const ABOUT_IMAGE: readonly WarningCode[] = [
  'instructions-in-image',
  'fields-not-found',
  'cell-type',
  'ambiguous-number',
  'assumed-number',
  'unread-number',
];
const REPORTED = 'instructions-in-image';

/**
 * The better of two answers to the same request: whole before incomplete; of two whole ones the one with fewer findings,
 * of two incomplete ones the one that holds more; else the later, which knew what was wrong with the earlier. Orders in
 * the image that either of them reported stay reported.
 */
export function bestAnswer(earlier: CheckedAnswer | undefined, later: CheckedAnswer): CheckedAnswer {
  if (earlier === undefined) return later;
  const [best, other] = isBetter(earlier, later) ? [earlier, later] : [later, earlier];
  const known = new Set(best.warnings.map(({ detail }) => detail));
  const reports = other.warnings.filter(({ code, detail }) => code === REPORTED && !known.has(detail));
  return { answer: best.answer, warnings: [...best.warnings, ...reports] };
}

function isBetter(one: CheckedAnswer, other: CheckedAnswer): boolean {
  if (isIncomplete(one) !== isIncomplete(other)) return isIncomplete(other);
  if (isIncomplete(one)) return JSON.stringify(one.answer).length > JSON.stringify(other.answer).length;
  return faultsOf(one).length < faultsOf(other).length;
}

function isIncomplete({ warnings }: CheckedAnswer): boolean {
  return warnings.some(({ code }) => INCOMPLETE.includes(code));
}

function faultsOf({ warnings }: CheckedAnswer): readonly Warning[] {
  return warnings.filter(({ code }) => !ABOUT_IMAGE.includes(code));
}
