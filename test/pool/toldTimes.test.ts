import { describe, expect, it } from 'vitest';
import { gapMs, randomNumbers } from '../../bench/pool/randomNumbers.ts';
import { createVirtualTime } from '../../bench/pool/virtualTime.ts';
import type { Placement } from '../../shared/pool/ledger.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import { answered, need, START_MS, seedPool } from './deployments.ts';

interface Mix {
  /** Of the callers that are told a time, the part that comes back. */
  readonly returning: number;
  /** What they ask for, in parts of the pool's quota. */
  readonly load: number;
  /** Whether they are known again, by a key. */
  readonly keyed: boolean;
}

interface Return {
  readonly toldMs: number;
  readonly isServed: boolean;
}

const MINUTES = 10;

/** Ten minutes of callers on a random part of the seed's pool; what became of each that came back at its time. */
async function play(seed: number, mix: Mix): Promise<readonly Return[]> {
  const random = randomNumbers(seed);
  const time = createVirtualTime(START_MS);
  const deployments = seedPool.slice(0, 1 + Math.floor(random() * 4));
  const ledger = createMemoryLedger(deployments, { httpShare: 0.2, now: time.now, random, signal: () => undefined });
  const returns: Return[] = [];
  const perMinute = (mix.load * deployments.length * 10_000) / 1_900;

  /** Asks until it starts, or is sent away. */
  async function stay(analysisId: string, admissionTokens: number, waitMs: number): Promise<Placement> {
    const createdMs = time.now();
    for (;;) {
      const asked = need({
        analysisId,
        admissionTokens,
        caller: 'http',
        createdMs,
        latestStartMs: createdMs + waitMs,
        keepsPlace: mix.keyed,
      });
      const placement = await ledger.book(asked);
      if (placement.kind !== 'wait') return placement;
      await time.sleep(placement.askAgainMs - time.now());
    }
  }

  async function call(order: number): Promise<void> {
    const admissionTokens = 800 + Math.floor(random() * 2_200);
    const waitMs = [0, 2_000, 10_000][Math.floor(random() * 3)] ?? 0;
    const isBack = random() < mix.returning;
    let placement = await stay(`s${seed}-${order}`, admissionTokens, waitMs);
    for (let visits = 0; visits < 8; visits++) {
      if (placement.kind === 'booked') {
        const { booking } = placement;
        await time.sleep(3_000);
        return await ledger.settle(booking, answered(), 3_000);
      }
      if (placement.kind !== 'later' || !isBack) return;
      const told = Math.ceil((placement.expectedStartMs - time.now()) / 1_000) * 1_000;
      await time.sleep(told);
      placement = await stay(`s${seed}-${order}`, admissionTokens, waitMs);
      returns.push({ toldMs: told, isServed: placement.kind === 'booked' });
    }
  }

  let order = 0;
  const arrive = (): void => {
    void call(order++);
    if (time.now() < START_MS + MINUTES * 60_000) time.at(time.now() + gapMs(random, perMinute), arrive);
  };
  time.at(START_MS, arrive);
  await time.run(START_MS + (MINUTES + 8) * 60_000);
  return returns;
}

describe('a caller that comes back when it was told', () => {
  it.each([
    ['all come back, in a busy pool', { returning: 1, load: 0.7, keyed: true }, 0.93],
    ['all come back, in a full pool', { returning: 1, load: 0.8, keyed: true }, 0.9],
    ['half never come back', { returning: 0.5, load: 1, keyed: true }, 0.8],
    ['one in ten comes back', { returning: 0.1, load: 1.5, keyed: true }, 0.8],
  ] as const)('is served, where it has a key: %s', async (_, mix, least) => {
    const all = (await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => play(seed, mix)))).flat();
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter(({ isServed }) => isServed).length / all.length).toBeGreaterThan(least);
    // Nobody is sent away for long where most places are never used.
    const told = all.map(({ toldMs }) => toldMs).toSorted((left, right) => left - right);
    expect(told[Math.floor(told.length / 2)]).toBeLessThanOrEqual(30_000);
  });
});
