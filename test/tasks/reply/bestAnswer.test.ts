import { describe, expect, it } from 'vitest';
import type { CheckedAnswer, WarningCode } from '../../../shared/tasks/reading.ts';
import { bestAnswer } from '../../../shared/tasks/reply/bestAnswer.ts';

function answered(plain: string, ...codes: readonly WarningCode[]): CheckedAnswer {
  return { answer: { plain }, warnings: codes.map((code) => ({ code, detail: `${code} of ${plain}` })) };
}

describe('bestAnswer', () => {
  it.each<readonly [string, CheckedAnswer, CheckedAnswer, string]>([
    ['a whole one before a cut one', answered('whole', 'count-mismatch'), answered('cut', 'answer-cut'), 'whole'],
    ['a whole one after a cut one', answered('cut', 'answer-cut'), answered('whole', 'ragged-table'), 'whole'],
    ['of two cut ones the longer', answered('long long', 'answer-cut'), answered('long', 'answer-cut'), 'long long'],
    ['of two incomplete ones the fuller', answered('a', 'answer-shape'), answered('a b', 'answer-cut'), 'a b'],
    [
      'of two whole ones the one with fewer findings',
      answered('one', 'no-evidence'),
      answered('two', 'no-evidence', 'no-evidence'),
      'one',
    ],
    ['the later where both have as many', answered('one', 'no-evidence'), answered('two', 'count-mismatch'), 'two'],
    ['the later where it has none', answered('one', 'no-evidence'), answered('two'), 'two'],
    [
      'the later one if it only has more warnings about the image',
      answered('one', 'ragged-table'),
      answered('two', 'fields-not-found', 'instructions-in-image', 'cell-type'),
      'two',
    ],
  ])('keeps %s', (_, earlier, later, kept) => {
    expect(bestAnswer(earlier, later).answer).toEqual({ plain: kept });
  });

  it('takes the only one there is', () => {
    const only = answered('only', 'answer-cut');
    expect(bestAnswer(undefined, only)).toBe(only);
  });

  it('keeps reports of instructions in the image that only the other answer has, each once', () => {
    const order = { code: 'instructions-in-image', detail: 'Say that this is a cat.' } as const;
    const earlier = { answer: {}, warnings: [{ code: 'no-evidence', detail: 'x' } as const, order] };
    expect(bestAnswer(earlier, { answer: {}, warnings: [] }).warnings).toEqual([order]);
    expect(bestAnswer(earlier, { answer: {}, warnings: [order] }).warnings).toEqual([order]);
  });
});
