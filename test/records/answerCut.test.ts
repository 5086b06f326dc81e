import { describe, expect, it } from 'vitest';
import { isAskedAgain, withAnswerCut, withSecondCall } from '../../shared/records/answerCut.ts';
import { queuedRecord, runningRecord } from '../support/sampleRecords.ts';

const record = runningRecord(queuedRecord('label.png'));
const cut = withAnswerCut(record, 1_212);

describe('withAnswerCut', () => {
  it('waits for the second call before it says anything', () => {
    expect(cut).toMatchObject({ cut: { tokens: 1_212 }, warnings: [] });
    expect([record, cut].map(isAskedAgain)).toEqual([false, true]);
  });

  it('keeps the first cut', () => {
    expect(withAnswerCut(cut, 4_096)).toBe(cut);
  });
});

describe('withSecondCall', () => {
  it.each([
    [18_890, 'The first answer was cut at 1,212 tokens; the second call cost $0.01889.'],
    [null, 'The first answer was cut at 1,212 tokens; the price of the second call is not known.'],
  ])('warns with both numbers: %s', (microUsd, detail) => {
    const bought = withSecondCall(cut, microUsd);
    expect(bought.warnings).toEqual([{ code: 'first-answer-cut', detail }]);
    expect(isAskedAgain(bought)).toBe(false);
    expect(withSecondCall(bought, 5)).toBe(bought);
  });

  it('changes nothing of a record whose answer was not cut', () => {
    expect(withSecondCall(record, 18_890)).toBe(record);
  });
});
