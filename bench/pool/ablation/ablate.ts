import { percentile } from '../../figure.ts';
import { play, type Result } from '../match.ts';
import type { Player } from '../players/player.ts';
import { nameOf, type Scenario } from '../scenario.ts';
import { ABLATIONS, type Ablation } from './ablations.ts';
import { CALLER_TRIALS, TRIALS } from './trials.ts';
import { loadVariant } from './variant.ts';

type Variant = Awaited<ReturnType<typeof loadVariant>> & { readonly name: string; readonly waker?: Player };
/** By the figure's name; null where a run has none. */
type Figures = Readonly<Record<string, number | null>>;

const ALL_ON: Ablation = { name: 'all on', edits: [] };
/** Above the quota a hold measures only how long the overload lasted; below a second nothing is held. */
const LEAST_HOLD_MS = 1_000;

/**
 * Plays every trial with all mechanisms, and with each switched off, and prints a JSON line for each: every figure's mean
 * over the seeds, and its difference to all on, seed by seed, with two standard errors of that.
 *
 * @param options.only parts of the mechanisms' names; empty: all
 * @param options.trials parts of the trials' names; empty: all
 */
export async function ablate(options: {
  readonly seeds: number;
  readonly only: readonly string[];
  readonly trials: readonly string[];
}): Promise<void> {
  const isNamed = (name: string, parts: readonly string[]): boolean =>
    parts.length === 0 || parts.some((part) => name.includes(part));
  const chosen = [ALL_ON, ...ABLATIONS.filter(({ name }) => isNamed(name, options.only))];
  const variants: Variant[] = [];
  for (const { name, edits, waking } of chosen) {
    const variant = await loadVariant(edits);
    variants.push({ ...variant, name, ...(waking && { waker: variant.woken(waking) }) });
  }
  const seeds = Array.from({ length: options.seeds }, (_, index) => index + 1);
  for (const scenario of TRIALS) {
    const trial = nameOf(scenario);
    if (isNamed(trial, options.trials)) print(trial, variants, await playSeeds(scenario, variants, seeds));
  }
  for (const mix of CALLER_TRIALS) {
    const trial = `callers ${mix.load}, ${mix.returning * 100} % come back`;
    if (!isNamed(trial, options.trials)) continue;
    const rows: Figures[][] = [];
    for (const seed of seeds) {
      const row: Figures[] = [];
      for (const { playCallers } of variants) row.push(figuresOfReturns(await playCallers(seed, mix)));
      rows.push(row);
    }
    print(trial, variants, rows);
  }
  if (!isNamed('choosing', options.trials)) return;
  const rows = seeds.map(() => variants.map((variant) => figuresOfChoosing(variant)));
  print('choosing among 28 deployments', variants, rows);
}

/** For each seed the figures of each variant. */
async function playSeeds(
  scenario: Scenario,
  variants: readonly Variant[],
  seeds: readonly number[],
): Promise<readonly (readonly Figures[])[]> {
  const players = variants.map(({ name, argus, sharedArgus, waker }): Player => {
    const player = waker ?? (scenario.instances > 1 ? sharedArgus : argus);
    return { ...player, name };
  });
  const rows: Figures[][] = [];
  for (const seed of seeds) {
    const { oracle, results } = await play({ ...scenario, seed }, players);
    rows.push(results.map((result) => figuresOf(scenario, result, oracle)));
  }
  return rows;
}

function figuresOf({ load }: Scenario, result: Result, oracle: Result): Figures {
  const isHeld = (load === 'backlog' || load <= 1) && oracle.holdMs.p95 >= LEAST_HOLD_MS;
  return {
    refusedPer100: result.refusedPer100,
    p95ToOracle: isHeld ? result.holdMs.p95 / oracle.holdMs.p95 : null,
    mostToOracle: isHeld ? result.holdMs.most / oracle.holdMs.most : null,
    throughputToOracle: result.tokensPerMinute / oracle.tokensPerMinute,
    asksPerAnswer: result.asks,
    writesPerAnswer: result.writes,
    messagesPerAnswer: result.messages,
    queriesPerAnswer: result.queries,
    outOfOrderPercent: 100 * result.outOfOrder,
  };
}

function figuresOfReturns(returns: readonly { readonly awayMs: number; readonly isStarted: boolean }[]): Figures {
  const started = returns.filter(({ isStarted }) => isStarted).length;
  const away = returns.map(({ awayMs }) => awayMs / 1_000);
  return {
    startedPercent: returns.length === 0 ? null : (100 * started) / returns.length,
    awayP50S: returns.length === 0 ? null : percentile(away, 0.5),
  };
}

function figuresOfChoosing({ playChoosing, deploymentsOf }: Variant): Figures {
  const [deployment] = deploymentsOf([120_000]);
  if (deployment === undefined) throw new Error('One quota gives one deployment.');
  const { p50, p99 } = playChoosing((index) => ({ ...deployment, name: `region-${index}` }));
  return { p50Microseconds: p50, p99Microseconds: p99 };
}

function print(trial: string, variants: readonly Variant[], rows: readonly (readonly Figures[])[]): void {
  variants.forEach(({ name }, place) => {
    const figures: Record<string, unknown> = {};
    for (const key of Object.keys(rows[0]?.[0] ?? {})) {
      const pairs = rows.flatMap((row) => {
        const [on, value] = [row[0]?.[key], row[place]?.[key]];
        return typeof on === 'number' && typeof value === 'number' ? [{ on, value }] : [];
      });
      if (pairs.length === 0) continue;
      const values = spread(pairs.map(({ value }) => value));
      const differences = spread(pairs.map(({ on, value }) => value - on));
      figures[key] =
        place === 0
          ? { mean: rounded(values.mean), deviation: rounded(values.deviation) }
          : { mean: rounded(values.mean), by: rounded(differences.mean), twoErrors: rounded(2 * differences.error) };
    }
    console.log(JSON.stringify({ trial, seeds: rows.length, off: place === 0 ? null : name, ...figures }));
  });
}

/** Mean and deviation of values, and the standard error of the mean. */
function spread(values: readonly number[]): {
  readonly mean: number;
  readonly deviation: number;
  readonly error: number;
} {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  return { mean, deviation, error: deviation / Math.sqrt(values.length) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
