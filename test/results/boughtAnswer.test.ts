import { describe, expect, it } from 'vitest';
import { type BoughtAnswer, boughtOf, unmended, withBought } from '../../shared/results/boughtAnswer.ts';
import { packAnswer } from '../../shared/results/paidAnswer.ts';
import { SpoiltRow } from '../../shared/storage/spoiltRow.ts';
import { recordWith } from '../support/sampleRecords.ts';

const MISMATCH = 'objects[0].count is 3, its instances are 2.';
const bought: BoughtAnswer = {
  checked: { answer: { summary: 'Two cups.' }, warnings: [{ code: 'count-mismatch', detail: MISMATCH }] },
  imageWarnings: [{ code: 'illegible-reduction', detail: 'Too small.' }],
  findings: [MISMATCH],
  isRepaired: true,
  maxOutputTokens: 800,
  hasWaited: false,
};

describe('boughtOf', () => {
  it('gives what a record was given, while it runs and while it waits', () => {
    const running = withBought(recordWith('running'), bought);
    expect(boughtOf(running)).toEqual(bought);
    expect(boughtOf(recordWith('waiting', { bought: running.bought ?? '' }))).toEqual(bought);
  });

  it('is undefined for a record without one, and for one that has ended', () => {
    expect(boughtOf(recordWith('running'))).toBeUndefined();
    expect(boughtOf(recordWith('queued'))).toBeUndefined();
    expect(boughtOf(recordWith('succeeded'))).toBeUndefined();
  });

  it.each([
    ['no packed text', 'nonsense'],
    ['another thing', packAnswer({ answer: 'Two cups.' })],
    ['a warning without a code', packAnswer({ ...bought, checked: { ...bought.checked, warnings: [{ code: 1 }] } })],
    [
      'a code that is no text',
      packAnswer({ ...bought, checked: { ...bought.checked, warnings: [{ code: 1, detail: 'x' }] } }),
    ],
    ['an answer that is no object', packAnswer({ ...bought, checked: { answer: ['Two cups.'], warnings: [] } })],
    ['an answer that is null', packAnswer({ ...bought, checked: { answer: null, warnings: [] } })],
    ['an answer that is a text', packAnswer({ ...bought, checked: { answer: 'Two cups.', warnings: [] } })],
  ])('names a record that holds %s', (_, text) => {
    const record = recordWith('running', { bought: text });
    expect(() => boughtOf(record)).toThrow(SpoiltRow);
    expect(() => boughtOf(record)).toThrow(record.id);
  });
});

describe('unmended', () => {
  const WHY = 'It was not repaired by a second model call: The budget is spent.';

  it.each([
    ['what was found', { code: 'count-mismatch', detail: MISMATCH }],
    ['that the answer was cut', { code: 'answer-cut', detail: 'It ends at its cap.' }],
    ['that its shape is wrong', { code: 'answer-shape', detail: 'A part is missing.' }],
  ] as const)('says why at the warning that says %s, and only there', (_, warning) => {
    const other = { code: 'cell-type', detail: 'Words in a column of numbers.' } as const;
    const checked = { answer: bought.checked.answer, warnings: [other, warning, other] };
    expect(unmended({ ...bought, checked }, 'The budget is spent.')).toEqual({
      answer: bought.checked.answer,
      warnings: [...bought.imageWarnings, other, { ...warning, detail: `${warning.detail} ${WHY}` }, other],
    });
  });

  it('says it in a warning of its own where none says what is wrong', () => {
    const checked = { answer: bought.checked.answer, warnings: [] };
    expect(unmended({ ...bought, checked }, 'The budget is spent.').warnings).toEqual([
      ...bought.imageWarnings,
      { code: 'answer-not-mended', detail: `${MISMATCH} ${WHY}` },
    ]);
  });
});
