import { PLAIN, type Scenario } from './scenario.ts';

function plainWith(...changes: readonly Partial<Scenario>[]): readonly Scenario[] {
  return changes.map((change) => ({ ...PLAIN, ...change }));
}

const LOADS = [0.6, 0.9, 1.5] as const;
const HARD = [0.9, 1.5] as const;

/** What the long run plays; some minutes. */
export const LONG: readonly Scenario[] = [
  ...(['unequal', 'seed'] as const).flatMap((pool) => [
    ...LOADS.flatMap((load) => plainWith({ pool, load }, { pool, load, noise: 0.2 })),
    ...HARD.flatMap((load) =>
      plainWith(
        { pool, load, factor: 3 },
        { pool, load, factor: 3, noise: 0.2 },
        { pool, load, kind: 'fixed' },
        { pool, load, sliceMs: 10_000 },
        { pool, load, tenant: 0.15 },
        { pool, load, tenant: 0.15, noise: 0.2 },
      ),
    ),
    ...plainWith(
      { pool, load: 0.9, factor: 0.3 },
      { pool, load: 0.9, seed: 2 },
      { pool, load: 0.9, noise: 0.2, seed: 2 },
    ),
    ...plainWith({ pool, load: 0.9, instances: 8 }, { pool, load: 0.9, instances: 64 }),
  ]),
  ...(['unequal', 'seed'] as const).flatMap((pool) =>
    plainWith(
      { pool, load: 0.9, sharedFromMinute: 15 },
      { pool, load: 1.5, sharedFromMinute: 15 },
      { pool, load: 0.9, noise: 0.2, sharedFromMinute: 15 },
      { pool, load: 0.9, tenant: 0.15, sharedFromMinute: 15 },
    ),
  ),
  ...plainWith(
    { pool: 'million', load: 0.9, factor: 30 },
    { pool: 'million', load: 0.9, factor: 30, noise: 0.2 },
    { pool: 'unequal', load: 0.9, noise: 0.2, instances: 64 },
    { pool: 'unequal', load: 'backlog' },
    { pool: 'seed', load: 'backlog', backlogJobs: 2_000, noise: 0.2 },
  ),
];

/** What the short run plays; some seconds. */
export const SHORT: readonly Scenario[] = plainWith(
  { pool: 'unequal', load: 0.9 },
  { pool: 'unequal', load: 0.9, noise: 0.2 },
  { pool: 'unequal', load: 0.9, tenant: 0.15 },
  { pool: 'unequal', load: 0.9, factor: 3, kind: 'fixed' },
  { pool: 'seed', load: 0.9 },
  { pool: 'seed', load: 1.5, noise: 0.2 },
  { pool: 'seed', load: 0.9, instances: 8 },
  { pool: 'unequal', load: 0.9, sharedFromMinute: 15 },
);

/** What the others play beside Argus. */
export const COMPARED: readonly Scenario[] = plainWith(
  { pool: 'unequal', load: 0.9 },
  { pool: 'seed', load: 0.9 },
  { pool: 'seed', load: 'backlog', backlogJobs: 300 },
);
