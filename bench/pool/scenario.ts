import type { MinuteKind } from './limiter.ts';

/** One setting of the bench: a pool, what the service really charges, who comes, and how many instances share it. */
export interface Scenario {
  readonly pool: keyof typeof POOLS;
  /** What the service charges for a token of our estimate. */
  readonly factor: number;
  /** Each charge is off by up to this part, evenly. */
  readonly noise: number;
  /** Part of each quota that another tenant uses. */
  readonly tenant: number;
  readonly kind: MinuteKind;
  readonly sliceMs: number;
  /** Tokens asked for by tokens left to us; `backlog`: all at once. */
  readonly load: number | 'backlog';
  readonly instances: number;
  readonly minutes: number;
  readonly backlogJobs: number;
  /** What comes before it is for learning, and not counted. */
  readonly warmUpMinutes: number;
  /** What answers say of the minute: the truth, nothing, the same number for ever, or any number. */
  readonly headers: 'true' | 'absent' | 'stuck' | 'random';
  /** From this minute on, the regions share one quota: the sum of theirs. Response headers then show the shared quota. Null: never. */
  readonly sharedFromMinute: number | null;
  readonly seed: number;
}

export interface Pool {
  readonly tokensPerMinute: readonly number[];
  /** Admission tokens of a job by our estimate: evenly from the first to the second. */
  readonly jobTokens: readonly [number, number];
}

export const POOLS = {
  unequal: { tokensPerMinute: [30_000, 60_000, 120_000, 240_000], jobTokens: [1_200, 6_000] },
  seed: { tokensPerMinute: [10_000, 10_000, 10_000, 10_000], jobTokens: [1_200, 3_000] },
  million: { tokensPerMinute: [250_000, 250_000, 250_000, 250_000], jobTokens: [1_200, 6_000] },
} as const satisfies Record<string, Pool>;

export const PLAIN: Scenario = {
  pool: 'unequal',
  factor: 1,
  noise: 0,
  tenant: 0,
  kind: 'sliding',
  sliceMs: 1_000,
  load: 0.9,
  instances: 1,
  minutes: 30,
  backlogJobs: 10_000,
  warmUpMinutes: 4,
  headers: 'true',
  sharedFromMinute: null,
  seed: 1,
};

export const TENANT_JOB_TOKENS = [1_200, 6_000] as const;

/** Six requests a minute for each thousand tokens, as the seed's model has (Azure OpenAI quota page, 2026-09-16). */
export const REQUESTS_PER_1K = 6;

/** `unequal 0.9, charged 3 times ±20 %, tenant 15 %, fixed minute, slices of 10 s, 64 instances` */
export function nameOf(scenario: Scenario): string {
  const parts = [`${scenario.pool} ${scenario.load}`];
  if (scenario.factor !== 1) parts.push(`charged ${scenario.factor} times`);
  if (scenario.noise > 0) parts.push(`±${scenario.noise * 100} %`);
  if (scenario.tenant > 0) parts.push(`tenant ${scenario.tenant * 100} %`);
  if (scenario.kind === 'fixed') parts.push('fixed minute');
  if (scenario.sliceMs !== 1_000) parts.push(`slices of ${scenario.sliceMs / 1_000} s`);
  if (scenario.headers !== 'true') parts.push(`headers ${scenario.headers}`);
  if (scenario.sharedFromMinute !== null) parts.push(`one quota from minute ${scenario.sharedFromMinute}`);
  if (scenario.warmUpMinutes === 0) parts.push('from the first minute');
  if (scenario.instances > 1) parts.push(`${scenario.instances} instances`);
  return parts.join(', ');
}
