import { playDrawnLooks } from './caps/drawnLooks.ts';
import { MIXES, mixOf } from './caps/mixes.ts';
import { type MixResult, type Player, playMix } from './caps/playMix.ts';

const SEEDS = [1, 2, 3] as const;
const SEED_POOL = [10_000, 10_000, 10_000, 10_000] as const;
/** A hundred calls are on their way at once here. */
const LARGE_POOL = [250_000, 250_000, 250_000, 250_000] as const;
const AT_ONCE_ON_LARGE_POOL = 150;
const PLAYERS: readonly Player[] = ["task's cap", 'learned caps', 'argus'];

/**
 * What output caps save and cost: each mix of images before the seed's pool, in virtual time. Extra spend against the
 * task's full cap always; throughput against the caps that were learned by task alone until 2026-11-30. Before them, how well
 * size and bytes of drawn files separate labels from invoices.
 */
export async function benchCaps(): Promise<void> {
  for (const looks of await playDrawnLooks()) console.log(JSON.stringify({ figure: 'looks', ...looks }));
  for (const mix of MIXES) {
    const played: { readonly player: Player; readonly results: MixResult[] }[] = [];
    for (const player of PLAYERS) {
      const results: MixResult[] = [];
      for (const seed of SEEDS)
        results.push(await playMix(mixOf(mix, seed), player, { tokensPerMinute: SEED_POOL, seed }));
      played.push({ player, results });
    }
    const [full = [], learned = []] = played.map(({ results }) => results);
    for (const { player, results } of played) {
      const extra = results.map(({ spend }, place) => (100 * spend) / (full[place]?.spend ?? spend) - 100);
      console.log(
        JSON.stringify({
          figure: 'caps',
          mix,
          player,
          extraSpendPercent: { mean: rounded(mean(extra)), worst: rounded(Math.max(...extra)) },
          cuts: rounded(mean(results.map(({ cuts }) => cuts))),
          lowered: rounded(mean(results.map(({ lowered }) => lowered))),
          minutes: rounded(mean(results.map(({ minutes }) => minutes))),
          throughputToFull: rounded(ratio(full, results)),
          throughputToLearned: rounded(ratio(learned, results)),
        }),
      );
    }
  }
}

/** Labels alone on a large pool: the first 2,000 images, and 6,000. */
export async function benchCapsOnLargePool(): Promise<void> {
  const all = SEEDS.flatMap((seed) => mixOf('labels alone', seed));
  for (const images of [all.slice(0, 2_000), all]) {
    for (const player of PLAYERS) {
      const pool = { tokensPerMinute: LARGE_POOL, seed: 1, atOnce: AT_ONCE_ON_LARGE_POOL };
      const result = await playMix(images, player, pool);
      console.log(JSON.stringify({ figure: 'capsOnLargePool', images: images.length, player, ...result }));
    }
  }
}

/** How many times as many images a minute as the baseline. */
function ratio(baseline: readonly MixResult[], results: readonly MixResult[]): number {
  const minutes = (all: readonly MixResult[]): number => mean(all.map((result) => result.minutes));
  return minutes(baseline) / minutes(results);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

if (import.meta.filename === process.argv[1]) await benchCaps();
