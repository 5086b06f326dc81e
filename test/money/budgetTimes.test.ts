import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../bench/pool/randomNumbers.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { NOON_MS } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();
const CENT = 10_000;
const HOUR_MS = 3_600_000;

interface Told {
  readonly waitMs: number;
  /** Whether the call had room when it came back. */
  isServed: boolean;
}

/** Callers of random cost and length on a day's budget, each coming back at the time it is told, in whole seconds. */
async function play(scenario: number): Promise<readonly Told[]> {
  const random = randomNumbers(scenario);
  const between = (least: number, most: number): number => least + random() * (most - least);
  let nowMs = NOON_MS;
  const callers = Array.from({ length: 16 }, (_, caller) => {
    const microUsd = Math.round(between(2, 6) * CENT);
    return { analysisId: `s${scenario}c${caller}`, microUsd, costs: Math.round(microUsd * between(0.2, 0.9)) };
  });
  // All of them fit, but not all at once.
  const limit = callers.reduce((sum, { costs }) => sum + costs, 6 * CENT);
  const budget = createTableBudget({
    signal: () => undefined,
    table: await storage.table(),
    limits: { day: limit },
    now: () => nowMs,
    sleep: async () => undefined,
    random,
  });
  // Calls before, of the same kind, have shown how long calls take and what they cost.
  for (let call = 0; call < 20; call++) {
    const end = await budget.reserve({ analysisId: `before${call}`, attempt: 0, microUsd: 100 });
    nowMs += between(2_000, 15_000);
    if (end.kind === 'reserved') await budget.settle(end.reservation, Math.round(100 * between(0.2, 0.9)));
  }
  const startMs = nowMs;
  const told: Told[] = [];
  const steps: { atMs: number; run: () => Promise<void> }[] = [];
  for (const { analysisId, microUsd, costs } of callers) {
    const ask = async (before?: Told): Promise<void> => {
      const end = await budget.reserve({ analysisId, attempt: 0, microUsd });
      if (before) before.isServed = end.kind === 'reserved';
      if (end.kind === 'reserved') {
        const run = (): Promise<void> => budget.settle(end.reservation, costs);
        steps.push({ atMs: nowMs + between(2_000, 15_000), run });
      } else if (end.kind === 'reached') {
        const waitMs = Math.ceil((end.roomAtMs - nowMs) / 1_000) * 1_000;
        const next = { waitMs, isServed: false };
        told.push(next);
        if (waitMs < HOUR_MS) steps.push({ atMs: nowMs + waitMs, run: () => ask(next) });
      }
    };
    steps.push({ atMs: startMs + between(0, 3_000), run: () => ask() });
  }
  for (;;) {
    steps.sort((left, right) => left.atMs - right.atMs);
    const next = steps.shift();
    if (!next) return told;
    nowMs = Math.max(nowMs, next.atMs);
    await next.run();
  }
}

describe('the retry time of a caller that the budget refuses', () => {
  it('has room in nineteen of twenty cases, and is never hours where seconds are right', async () => {
    const told = (await Promise.all(Array.from({ length: 25 }, (_, scenario) => play(scenario + 1)))).flat();
    expect(told.length).toBeGreaterThan(100);
    expect(told.filter(({ waitMs }) => waitMs >= HOUR_MS)).toEqual([]);
    expect(told.filter(({ isServed }) => isServed).length / told.length).toBeGreaterThanOrEqual(0.95);
  }, 120_000);
});
