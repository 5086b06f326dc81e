import { gapMs, randomNumbers } from './randomNumbers.ts';
import { POOLS, type Pool, type Scenario } from './scenario.ts';

/** One image that wants an answer. */
export interface Job {
  readonly id: string;
  readonly arrivesMs: number;
  /** By the documented rule. */
  readonly estimatedTokens: number;
  /** What the service will charge for it. */
  readonly chargedTokens: number;
  /** From being let in to the answer. */
  readonly answerMs: number;
}

/** The jobs of a scenario, the same for every player. */
export function jobsOf(scenario: Scenario, startMs: number): readonly Job[] {
  const random = randomNumbers(scenario.seed);
  const pool: Pool = POOLS[scenario.pool];
  const total = pool.tokensPerMinute.reduce((sum, one) => sum + one, 0) * (1 - scenario.tenant);
  const [least, most] = pool.jobTokens;
  const perMinute =
    scenario.load === 'backlog' ? 0 : (scenario.load * total) / (((least + most) / 2) * scenario.factor);
  const jobs: Job[] = [];
  let arrivesMs = startMs;
  for (;;) {
    if (scenario.load !== 'backlog') arrivesMs += gapMs(random, perMinute);
    const isOver =
      scenario.load === 'backlog'
        ? jobs.length === scenario.backlogJobs
        : arrivesMs > startMs + scenario.minutes * 60_000;
    if (isOver) return jobs;
    const estimatedTokens = Math.round(least + random() * (most - least));
    const off = 1 + scenario.noise * (2 * random() - 1);
    jobs.push({
      id: `job-${jobs.length}`,
      arrivesMs: Math.round(arrivesMs),
      estimatedTokens,
      // More than a minute's quota would never be admitted.
      chargedTokens: Math.min(Math.min(...pool.tokensPerMinute), Math.round(estimatedTokens * scenario.factor * off)),
      answerMs: Math.round(2_000 + random() * 6_000),
    });
  }
}
