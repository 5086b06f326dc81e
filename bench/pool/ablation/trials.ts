import { PLAIN, type Scenario } from '../scenario.ts';

/** Short enough that a variant plays all in some seconds: more seeds show more than more minutes. */
const PLAIN_TRIAL: Scenario = { ...PLAIN, minutes: 14 };
const NOISY: Scenario = { ...PLAIN_TRIAL, noise: 0.2 };

/** What each variant plays, with every seed: the usual, and the failures for which mechanisms were built. */
export const TRIALS: readonly Scenario[] = [
  { ...PLAIN_TRIAL, pool: 'unequal', load: 0.9 },
  { ...NOISY, pool: 'unequal', load: 0.9 },
  { ...NOISY, pool: 'unequal', load: 1.5, minutes: 9 },
  { ...NOISY, pool: 'seed', load: 0.9, minutes: 30 },
  { ...NOISY, pool: 'seed', load: 1.5, minutes: 30 },
  { ...PLAIN, pool: 'seed', load: 0.9, tenant: 0.15 },
  { ...NOISY, pool: 'unequal', load: 0.9, tenant: 0.15 },
  { ...NOISY, pool: 'unequal', load: 0.9, kind: 'fixed' },
  { ...NOISY, pool: 'unequal', load: 0.9, factor: 3, warmUpMinutes: 0 },
  { ...NOISY, pool: 'seed', load: 0.9, minutes: 30, factor: 0.3, warmUpMinutes: 0 },
  { ...PLAIN_TRIAL, pool: 'unequal', load: 0.9, headers: 'stuck' },
  { ...PLAIN_TRIAL, pool: 'unequal', load: 0.9, headers: 'random', factor: 1.5 },
  { ...NOISY, pool: 'seed', load: 'backlog', backlogJobs: 300, warmUpMinutes: 0 },
  { ...NOISY, pool: 'unequal', load: 1.5, minutes: 9, instances: 8 },
];

/** Callers over HTTP, played apart: the returns of those that were sent away. */
export const CALLER_TRIALS = [
  { returning: 1, load: 0.8, keyed: true },
  { returning: 0.5, load: 1, keyed: true },
  { returning: 0.1, load: 1.5, keyed: true },
] as const;
