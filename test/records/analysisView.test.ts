import { describe, expect, it } from 'vitest';
import { analysisView, recordOfView } from '../../shared/records/analysisView.ts';
import { usdOf } from '../../shared/tokens/cost.ts';
import {
  abandonedRecord,
  answeredRecord,
  NOON_MS,
  queuedRecord,
  recordWith,
  runningRecord,
} from '../support/sampleRecords.ts';

const RESULT = { answer: { text: 'March' }, markdown: '# March\n' };

describe('analysisView', () => {
  it('shows money in USD, times in ISO 8601 and the model by its parts', () => {
    expect(analysisView(answeredRecord(), RESULT)).toMatchObject({
      status: 'succeeded',
      task: 'text',
      taskVersion: 1,
      image: { source: 'valley.jpg', format: 'jpeg', width: 1200, sentWidth: 1152, detail: 'high' },
      ...RESULT,
      deployment: { name: 'gpt-4-vision-preview-westus', region: 'westus', model: 'gpt-4', version: 'vision-preview' },
      cost: { usd: 0.01025, estimatedUsd: 0.012345 },
      createdAt: '2026-11-23T12:00:00.000Z',
      completedAt: '2026-11-23T12:00:01.500Z',
    });
  });

  it('has no answer where there is none, and says when what waits will start', () => {
    const view = analysisView(recordWith('waiting', { waitingFor: 'quota', startsAtMs: NOON_MS + 60_000 }));
    expect(view).toMatchObject({
      startsAt: '2026-11-23T12:01:00.000Z',
      waitingFor: 'quota',
      deployment: null,
      completedAt: null,
      cost: { usd: null, estimatedUsd: null },
    });
    for (const name of ['answer', 'markdown', 'error']) expect(view).not.toHaveProperty(name);
  });

  it('says why an analysis ended', () => {
    const error = { code: 'content-filtered', detail: 'Violence.' } as const;
    expect(analysisView(recordWith('rejected', { error })).error).toEqual(error);
  });

  it('survives being written as JSON and read again', () => {
    const view = analysisView(answeredRecord(), RESULT);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  });
});

describe('recordOfView', () => {
  it('gives the record back that the result was kept of, from what its holder had written before', () => {
    const kept = answeredRecord();
    const before = abandonedRecord(kept, {
      taskVersion: null,
      deployment: null,
      usage: null,
      costMicroUsd: null,
      attempts: [],
      warnings: [],
      timing: queuedRecord('x').timing,
    });
    expect(recordOfView(before, analysisView(kept, RESULT))).toEqual(kept);
  });

  it('brings back what a holder had not written yet: image, estimate, digest, and whose answer it is', () => {
    const kept = answeredRecord({ contentDigest: 'abc', answerOf: 'e'.repeat(32), costMicroUsd: 0 });
    const before = runningRecord(kept, { image: null, estimate: null, contentDigest: null, answerOf: null });
    const mark = { contentdigest: 'abc', answerof: 'e'.repeat(32) };
    expect(recordOfView(before, analysisView(kept, RESULT), mark)).toEqual(kept);
  });
});

describe('usdOf', () => {
  it.each([
    [2_550, 0.00255],
    [0, 0],
    [null, null],
  ])('of %s micro-USD is %s', (microUsd, usd) => {
    expect(usdOf(microUsd)).toBe(usd);
  });
});
