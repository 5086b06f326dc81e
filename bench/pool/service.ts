import type { Job } from './jobs.ts';
import { createLimiter, type Verdict } from './limiter.ts';
import { gapMs, randomNumbers } from './randomNumbers.ts';
import { POOLS, type Pool, REQUESTS_PER_1K, type Scenario, TENANT_JOB_TOKENS } from './scenario.ts';
import type { VirtualTime } from './virtualTime.ts';

export type Reply =
  | ({ readonly kind: 'answered' } & Headers)
  | ({ readonly kind: 'refused'; readonly retryAfterMs: number } & Headers);

/** What a reply says of the minute. */
interface Headers {
  readonly remainingTokens?: number;
  readonly limitTokens: number;
}

/** The regions as a caller meets them, and what they have counted. */
export interface Service {
  readonly regions: number;
  readonly tokensPerMinute: readonly number[];
  /** Sends a job to a region: its answer, or at once its refusal. */
  readonly ask: (region: number, job: Job) => Promise<Reply>;
  /** When each job was admitted. */
  readonly admittedMs: ReadonlyMap<string, number>;
  readonly refusedMs: readonly number[];
}

/** A request takes some milliseconds to arrive, and a refusal some to come back. */
const WAY_MS = { least: 5, most: 40 };

export function createService(scenario: Scenario, time: VirtualTime, untilMs: number): Service {
  const pool: Pool = POOLS[scenario.pool];
  const random = randomNumbers(scenario.seed + 77);
  const way = (): number => Math.round(WAY_MS.least + random() * (WAY_MS.most - WAY_MS.least));
  const limiters = pool.tokensPerMinute.map((tokensPerMinute) =>
    createLimiter({
      kind: scenario.kind,
      tokensPerMinute,
      requestsPerMinute: (tokensPerMinute / 1_000) * REQUESTS_PER_1K,
      sliceMs: scenario.sliceMs,
    }),
  );
  const sumTokens = pool.tokensPerMinute.reduce<number>((sum, one) => sum + one, 0);
  const shared = createLimiter({
    kind: scenario.kind,
    tokensPerMinute: sumTokens,
    requestsPerMinute: (sumTokens / 1_000) * REQUESTS_PER_1K,
    sliceMs: scenario.sliceMs,
  });
  const sharedFromMs =
    scenario.sharedFromMinute === null ? Number.POSITIVE_INFINITY : time.now() + scenario.sharedFromMinute * 60_000;
  const isShared = (): boolean => time.now() >= sharedFromMs;
  /** A minute before the regions share one quota it counts already what they let in, so that no minute begins anew. */
  const meter = (region: number, tokens: number): Verdict | undefined => {
    if (isShared()) return shared(time.now(), tokens);
    const verdict = limiters[region]?.(time.now(), tokens);
    if (verdict?.isAdmitted && time.now() >= sharedFromMs - 60_000) shared(time.now(), tokens);
    return verdict;
  };
  pool.tokensPerMinute.forEach((tokensPerMinute, region) => {
    if (scenario.tenant > 0) sendTenant(region, tokensPerMinute * scenario.tenant);
  });

  /** Another tenant's requests: they are not repeated when they are refused. */
  function sendTenant(region: number, tokensPerMinute: number): void {
    const [least, most] = TENANT_JOB_TOKENS;
    const perMinute = tokensPerMinute / ((least + most) / 2);
    const next = (): void => {
      const tokens = least + random() * (most - least);
      meter(region, Math.round(tokens));
      const atMs = time.now() + gapMs(random, perMinute);
      if (atMs < untilMs) time.at(atMs, next);
    };
    time.at(time.now() + gapMs(random, perMinute), next);
  }

  const headersRandom = randomNumbers(scenario.seed + 177);
  function headersOf(limitTokens: number, remainingTokens: number): Headers {
    switch (scenario.headers) {
      case 'true':
        return { remainingTokens, limitTokens };
      case 'absent':
        return { limitTokens };
      case 'stuck':
        return { remainingTokens: Math.floor(limitTokens / 2), limitTokens };
      case 'random':
        return { remainingTokens: Math.floor(headersRandom() * limitTokens), limitTokens };
    }
  }

  const admittedMs = new Map<string, number>();
  const refusedMs: number[] = [];
  return {
    regions: pool.tokensPerMinute.length,
    tokensPerMinute: pool.tokensPerMinute,
    admittedMs,
    refusedMs,
    ask: async (region, job) => {
      await time.sleep(way());
      const limitTokens = isShared() ? sumTokens : (pool.tokensPerMinute[region] ?? 0);
      const verdict = meter(region, job.chargedTokens);
      if (verdict === undefined) throw new Error(`There is no region ${region}.`);
      const { remainingTokens, retryAfterMs } = verdict;
      if (!verdict.isAdmitted) {
        refusedMs.push(time.now());
        await time.sleep(way());
        return { kind: 'refused', retryAfterMs, ...headersOf(limitTokens, remainingTokens) };
      }
      admittedMs.set(job.id, time.now());
      await time.sleep(job.answerMs);
      return { kind: 'answered', ...headersOf(limitTokens, remainingTokens) };
    },
  };
}
