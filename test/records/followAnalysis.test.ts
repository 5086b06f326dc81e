import { describe, expect, it } from 'vitest';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { followAnalysis } from '../../shared/records/followAnalysis.ts';
import { NOON_MS, recordWith } from '../support/sampleRecords.ts';

/** Follows an analysis whose state changes at some time after noon; says what was seen, and the pauses. */
async function follow(stateAt: (afterNoonMs: number) => AnalysisRecord | undefined, untilMs: number) {
  let nowMs = NOON_MS;
  const pauses: number[] = [];
  const seen = await followAnalysis('a', untilMs, {
    analyses: {
      find: async () => {
        const record = stateAt(nowMs - NOON_MS);
        return record && { record, version: '1' };
      },
    },
    now: () => nowMs,
    sleep: async (waitMs) => {
      pauses.push(waitMs);
      nowMs += waitMs;
    },
  });
  return { status: seen?.record.status, pauses };
}

describe('followAnalysis', () => {
  it('returns an end as soon as it is there, looking less and less often', async () => {
    const endsAfter = (endMs: number) => (ms: number) => recordWith(ms < endMs ? 'running' : 'succeeded');
    expect(await follow(endsAfter(0), NOON_MS + 60_000)).toEqual({ status: 'succeeded', pauses: [] });
    expect(await follow(endsAfter(7_000), NOON_MS + 60_000)).toEqual({
      status: 'succeeded',
      pauses: [100, 200, 400, 800, 1_600, 2_000, 2_000],
    });
  });

  it('returns the last state when the time is over, to the millisecond', async () => {
    expect(await follow(() => recordWith('running'), NOON_MS + 1_000)).toEqual({
      status: 'running',
      pauses: [100, 200, 400, 300],
    });
    expect(await follow(() => recordWith('running'), NOON_MS)).toEqual({ status: 'running', pauses: [] });
  });

  it('is undefined where there is no such analysis', async () => {
    expect(await follow(() => undefined, NOON_MS + 1_000)).toEqual({ status: undefined, pauses: [] });
  });
});
