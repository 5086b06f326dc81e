import { describe, expect, it } from 'vitest';
import { findWakes } from '../../shared/backlog/findWakes.ts';
import { book } from '../../shared/pool/book.ts';
import { withShorterLine } from '../../shared/pool/expectedTurn.ts';
import type { Need } from '../../shared/pool/ledger.ts';
import type { PoolState } from '../../shared/pool/poolState.ts';
import { settle } from '../../shared/pool/settle.ts';
import { viewOf } from '../../shared/pool/viewOf.ts';
import type { WaitingRecord } from '../../shared/records/analysisRecord.ts';
import { answered, learnedPool, need, SEED_MODEL, START_MS, seedPool } from '../pool/deployments.ts';
import { recordWith } from '../support/sampleRecords.ts';

const MINUTE_MS = 60_000;
/** A message is shown some seconds early, and what it calls waits for its turn. */
const EARLY_MS = 2_000;
const WAITS_MS = 40_000;

interface Drop {
  pool: PoolState;
  readonly startedAtMs: Map<string, number>;
  readonly called: string[];
  drop(count: number, atMs: number): readonly string[];
  cancel(ids: readonly string[], atMs: number): void;
  at(atMs: number, what: () => void): void;
  runUntil(untilMs: number): void;
}

/** Files that are dropped, in virtual time: each comes when it was told to, and a timer looks each minute. */
function startDrop(pool: PoolState, options: { readonly tokens?: () => number } = {}): Drop {
  const events: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  const waiting = new Map<string, WaitingRecord>();
  const tokensOf = options.tokens ?? (() => 1_865);
  let nowMs = START_MS;

  const at = (atMs: number, run: () => void): void => {
    events.push({ atMs: Math.max(nowMs, atMs), order: events.length, run });
  };
  const ask = (asked: Need, waitsMs: number): void => {
    if (!waiting.has(asked.analysisId)) return;
    const { placement, state } = book(self.pool, asked, nowMs);
    self.pool = state;
    if (placement.kind === 'booked') {
      waiting.delete(asked.analysisId);
      self.startedAtMs.set(asked.analysisId, nowMs);
      at(nowMs + 3_000, () => {
        self.pool = settle(self.pool, placement.booking, { outcome: answered(), tookMs: 3_000, nowMs }).state;
      });
    } else if (placement.kind === 'wait') {
      at(Math.max(nowMs + 1, placement.askAgainMs), () => ask(asked, waitsMs));
    } else if (placement.kind === 'later') {
      call(asked, placement.expectedStartMs);
    } else throw new Error(placement.kind);
  };
  const call = (asked: Need, startsAtMs: number): void => {
    waiting.set(asked.analysisId, recordOf(asked, startsAtMs));
    at(startsAtMs - EARLY_MS, () => {
      const toldMs = waiting.get(asked.analysisId)?.startsAtMs ?? 0;
      if (toldMs > startsAtMs) return;
      const admissionTokens = tokensOf();
      ask({ ...asked, admissionTokens, latestStartMs: nowMs + WAITS_MS, placeInLineMs: startsAtMs }, WAITS_MS);
    });
  };
  const recordOf = (asked: Need, startsAtMs: number): WaitingRecord =>
    recordWith('waiting', {
      id: asked.analysisId,
      createdAtMs: asked.createdMs,
      startsAtMs,
      waitingFor: 'quota',
      estimate: { promptTokens: 1, admissionTokens: asked.admissionTokens, microUsd: null },
    });
  const look = (): void => {
    const records = [...waiting.values()].slice(0, 1_000);
    const told = findWakes({ count: waiting.size, records }, viewOf(self.pool, nowMs), nowMs);
    for (const { endMs } of told.lineEnds) self.pool = withShorterLine(self.pool, endMs);
    for (const { id, startsAtMs } of told.calls) {
      self.called.push(id);
      const { createdAtMs, estimate } = waiting.get(id) ?? {};
      const asked = need({
        analysisId: id,
        createdMs: createdAtMs ?? 0,
        admissionTokens: estimate?.admissionTokens ?? 0,
      });
      call(asked, startsAtMs);
    }
  };
  const self: Drop = {
    pool,
    startedAtMs: new Map(),
    called: [],
    at,
    drop(count, atMs) {
      return Array.from({ length: count }, (_, index) => {
        const asked = need({ createdMs: atMs + 5 * index });
        at(asked.createdMs, () => {
          const admissionTokens = tokensOf();
          waiting.set(asked.analysisId, recordOf(asked, 0));
          ask({ ...asked, admissionTokens, latestStartMs: nowMs + 5_000 }, 5_000);
        });
        return asked.analysisId;
      });
    },
    cancel(ids, atMs) {
      at(atMs, () => {
        for (const id of ids) waiting.delete(id);
      });
    },
    runUntil(untilMs) {
      for (let minute = 1; START_MS + minute * MINUTE_MS < untilMs; minute++) at(START_MS + minute * MINUTE_MS, look);
      for (;;) {
        const next = events.reduce<(typeof events)[number] | undefined>(
          (first, event) =>
            first && (first.atMs < event.atMs || (first.atMs === event.atMs && first.order < event.order))
              ? first
              : event,
          undefined,
        );
        if (!next || next.atMs > untilMs) return;
        events.splice(events.indexOf(next), 1);
        nowMs = next.atMs;
        next.run();
      }
    },
  };
  return self;
}

/** Minutes after the drop until all of these had started. */
function minutesUntilAll(drop: Drop, ids: readonly string[]): number {
  const last = Math.max(...ids.map((id) => drop.startedAtMs.get(id) ?? Number.POSITIVE_INFINITY));
  return (last - START_MS) / MINUTE_MS;
}

describe('findWakes', () => {
  it('calls hardly anybody while the pool has enough to do by those who come anyway', () => {
    const drop = startDrop(learnedPool(seedPool));
    const ids = drop.drop(300, START_MS);
    drop.runUntil(START_MS + 30 * MINUTE_MS);
    expect(minutesUntilAll(drop, ids)).toBeLessThan(16);
    expect(drop.called.length).toBeLessThan(5);
  });

  it('fills the pool again after an outage with late estimated starts', () => {
    const pool = learnedPool(seedPool);
    const circuit = { state: 'open', untilMs: START_MS + MINUTE_MS, reason: 'answers 503', openings: 1 } as const;
    const states = pool.states.map((state, index) => (index < 3 ? { ...state, circuit } : state));
    const drop = startDrop({ ...pool, states });
    const ids = drop.drop(300, START_MS);
    drop.runUntil(START_MS + 60 * MINUTE_MS);
    expect(minutesUntilAll(drop, ids)).toBeLessThan(18);
  });

  it('uses the quota that was added during a backlog', () => {
    const drop = startDrop(learnedPool(seedPool.slice(0, 1)));
    const ids = drop.drop(200, START_MS);
    drop.at(START_MS + MINUTE_MS, () => {
      const added = learnedPool(seedPool).states.slice(1);
      drop.pool = { ...drop.pool, states: [...drop.pool.states, ...added] };
    });
    drop.runUntil(START_MS + 60 * MINUTE_MS);
    expect(minutesUntilAll(drop, ids)).toBeLessThan(12);
  });

  it('does not let newcomers wait for a cancelled backlog', () => {
    const drop = startDrop(learnedPool(seedPool));
    drop.cancel(drop.drop(1_000, START_MS), START_MS + MINUTE_MS);
    const ids = drop.drop(40, START_MS + 5 * MINUTE_MS);
    drop.runUntil(START_MS + 60 * MINUTE_MS);
    expect(minutesUntilAll(drop, ids)).toBeLessThan(5 + 4);
  });

  it('calls more when answers turn out shorter than was estimated', () => {
    const drop: Drop = startDrop(learnedPool(seedPool), {
      tokens: () => (drop.startedAtMs.size > 30 ? 1_265 : 1_865),
    });
    const ids = drop.drop(600, START_MS);
    drop.runUntil(START_MS + 60 * MINUTE_MS);
    expect(minutesUntilAll(drop, ids)).toBeLessThan(27);
  });

  it('keeps to the quota of the one deployment that requests name', () => {
    const named = Array.from({ length: 100 }, (_, index) => {
      const record = recordWith('waiting', {
        id: String(index),
        createdAtMs: START_MS + index,
        startsAtMs: START_MS + 3_600_000,
        waitingFor: 'quota',
        estimate: { promptTokens: 1, admissionTokens: 2_000, microUsd: null },
      });
      return { ...record, request: { ...record.request, deploymentName: seedPool[0]?.name ?? '' } };
    });
    const pool = viewOf(learnedPool(seedPool), START_MS);
    const { calls, lineEnds } = findWakes({ count: 100, records: named }, pool, START_MS);
    // Five a minute, for two minutes.
    expect(calls.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(calls[5]?.startsAtMs).toBe(START_MS + 60_000);
    expect(lineEnds).toEqual([{ model: SEED_MODEL, endMs: START_MS + 20 * 60_000 }]);
  });

  it('leaves alone what waits for money or for the end of an outage', () => {
    const records = (['budget', 'outage'] as const).map((waitingFor) =>
      recordWith('waiting', {
        startsAtMs: START_MS + 3_600_000,
        waitingFor,
        estimate: { promptTokens: 1, admissionTokens: 2_000, microUsd: null },
      }),
    );
    expect(findWakes({ count: 2, records }, viewOf(learnedPool(seedPool), START_MS), START_MS).calls).toEqual([]);
  });
});
