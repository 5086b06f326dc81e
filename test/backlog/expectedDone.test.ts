import { describe, expect, it } from 'vitest';
import { expectedDone } from '../../shared/backlog/expectedDone.ts';
import type { DeploymentView } from '../../shared/pool/ledger.ts';
import { poolStateOf } from '../../shared/pool/poolState.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import type { AnalysisFacts, QueuedRecord } from '../../shared/records/analysisRecord.ts';
import { seedPool } from '../pool/deployments.ts';
import { NOON_MS, queuedRecord, waitingRecord } from '../support/sampleRecords.ts';

const pool = viewOf(poolStateOf(seedPool, { httpShare: 0.2 }), NOON_MS);
const MINUTE_MS = 60_000;

/** As the pool stands, with every deployment changed like this. */
function poolWith(overrides: Partial<DeploymentView>): readonly DeploymentView[] {
  return pool.map((view) => ({ ...view, ...overrides }));
}

/** Came 20 minutes ago, and is charged 4,000 tokens. */
function pendingRecord(overrides: Partial<AnalysisFacts> = {}): QueuedRecord {
  const estimate = { promptTokens: 1, admissionTokens: 4_000, microUsd: null };
  return { ...queuedRecord('a', NOON_MS - 20 * MINUTE_MS), estimate, ...overrides };
}

const hundred = { count: 100, records: [pendingRecord(), pendingRecord()] };
const fresh = { nowMs: NOON_MS, answeredAtMs: [] };

/** So many answers, evenly over the last minutes. */
function answersOver(minutes: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => NOON_MS - minutes * MINUTE_MS * (1 - index / count));
}

describe('expectedDone', () => {
  it('is the time that the whole quota takes for what waits', () => {
    expect(expectedDone(hundred, pool, fresh)).toBe(NOON_MS + 10 * MINUTE_MS);
  });

  it('reckons with what the deployments are known to charge', () => {
    expect(expectedDone(hundred, poolWith({ admissionFactor: 3 }), fresh)).toBe(NOON_MS + 30 * MINUTE_MS);
  });

  it('counts only the deployments that may be used, and returns nothing without one', () => {
    const circuit = { state: 'open', untilMs: NOON_MS + MINUTE_MS, reason: 'answers 401' } as const;
    const half = [...poolWith({ circuit }).slice(0, 2), ...pool.slice(2)];
    expect(expectedDone(hundred, half, fresh)).toBe(NOON_MS + 20 * MINUTE_MS);
    expect(expectedDone(hundred, poolWith({ circuit }), fresh)).toBeNull();
  });

  it('is not before the last estimated start of work that waits for the budget', () => {
    const startsAtMs = NOON_MS + 45 * MINUTE_MS;
    const waiting = {
      count: 100,
      records: [
        pendingRecord(),
        waitingRecord(pendingRecord(), startsAtMs, { waitingFor: 'budget', needsMicroUsd: 1 }),
      ],
    };
    expect(expectedDone(waiting, pool, fresh)).toBe(startsAtMs);
  });

  it('ignores late estimated starts of work that waits for quota, because it is woken sooner', () => {
    const startsAtMs = NOON_MS + 45 * MINUTE_MS;
    const waiting = { count: 100, records: [pendingRecord(), waitingRecord(pendingRecord(), startsAtMs)] };
    expect(expectedDone(waiting, pool, fresh)).toBe(NOON_MS + 10 * MINUTE_MS);
  });

  it('is not sooner than at the pace that was kept lately', () => {
    expect(expectedDone(hundred, pool, { nowMs: NOON_MS, answeredAtMs: answersOver(5, 20) })).toBe(
      NOON_MS + 25 * MINUTE_MS,
    );
    expect(expectedDone(hundred, pool, { nowMs: NOON_MS, answeredAtMs: answersOver(5, 200) })).toBe(
      NOON_MS + 10 * MINUTE_MS,
    );
  });

  it('takes no pace from less than a minute, from a few answers, or from the time before anything waited', () => {
    for (const answeredAtMs of [answersOver(0.9, 30), answersOver(5, 9)]) {
      expect(expectedDone(hundred, pool, { nowMs: NOON_MS, answeredAtMs })).toBe(NOON_MS + 10 * MINUTE_MS);
    }
    const justCame = { count: 100, records: [pendingRecord({ createdAtMs: NOON_MS - 1_000 })] };
    expect(expectedDone(justCame, pool, { nowMs: NOON_MS, answeredAtMs: answersOver(5, 20) })).toBe(
      NOON_MS + 10 * MINUTE_MS,
    );
  });

  it('returns nothing for work that was not inspected yet', () => {
    expect(expectedDone({ count: 3, records: [pendingRecord({ estimate: null })] }, pool, fresh)).toBeNull();
  });
});
