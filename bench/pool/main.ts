import { commandLineOrExit } from '../../local/process/commandLine.ts';
import { flag, text, wholeNumber } from '../../local/process/options.ts';
import { ablate } from './ablation/ablate.ts';
import { playChoosing } from './choosing.ts';
import { play, type Result } from './match.ts';
import { argus, deploymentsOf } from './players/argus.ts';
import { clientRetries, ordinaryFunction } from './players/ownRetries.ts';
import type { Player } from './players/player.ts';
import { ROUTERS } from './players/routers.ts';
import { sharedArgus } from './players/sharedArgus.ts';
import { nameOf, type Scenario } from './scenario.ts';
import { COMPARED, LONG, SHORT } from './scenarios.ts';

const { values } = commandLineOrExit({
  name: 'npm run bench:pool',
  does: `The pool in virtual time, against an independent limiter. A JSON line for each player of each scenario.
With --ablate: what each mechanism of the pool gains, in place of that.`,
  options: {
    short: flag('fewer and shorter scenarios'),
    table: flag('lines to read in place of JSON'),
    ablate: flag('plays each trial with all of the pool, and with each mechanism switched off'),
    seeds: wholeNumber('with --ablate: seeds of each trial', { least: 1, fallback: 8 }),
    only: text('PART;PART', 'with --ablate: only mechanisms whose names have one of these in them'),
    trials: text('PART;PART', 'with --ablate: only trials whose names have one of these in them'),
  },
});

const partsOf = (given: string | undefined): readonly string[] => given?.split(';').filter((part) => part !== '') ?? [];

if (values.ablate) {
  await ablate({ seeds: values.seeds, only: partsOf(values.only), trials: partsOf(values.trials) });
} else {
  for (const scenario of values.short ? SHORT : LONG)
    await show(scenario, [scenario.instances > 1 ? sharedArgus : argus]);
  for (const scenario of COMPARED) await show(scenario, [argus, ...ROUTERS, clientRetries, ordinaryFunction]);
  showChoosing();
}

async function show(scenario: Scenario, players: readonly Player[]): Promise<void> {
  const { oracle, results } = await play(scenario, players);
  for (const result of [oracle, ...results]) tell(scenario, result, oracle);
}

function tell(scenario: Scenario, result: Result, oracle: Result): void {
  const { player, answered, poisoned, holdMs } = result;
  const figures = {
    answered,
    poisoned,
    refusedPer100: rounded(result.refusedPer100),
    holdS: { p50: rounded(holdMs.p50 / 1_000), p95: rounded(holdMs.p95 / 1_000), most: rounded(holdMs.most / 1_000) },
    p95ToOracle: oracle.holdMs.p95 < 1_000 ? null : rounded(holdMs.p95 / oracle.holdMs.p95),
    throughputToOracle: rounded(result.tokensPerMinute / oracle.tokensPerMinute),
  };
  const scenarioName = nameOf(scenario);
  if (!values.table) {
    console.log(JSON.stringify({ scenario: scenarioName, seed: scenario.seed, player, ...figures }));
    return;
  }
  const { holdS } = figures;
  const columns = [
    scenarioName.padEnd(52),
    player.padEnd(28),
    `answered ${answered}`.padEnd(16),
    `refused ${figures.refusedPer100}`.padEnd(16),
    `hold ${holdS.p50}/${holdS.p95} s`.padEnd(20),
    `x${figures.p95ToOracle ?? '-'}`.padEnd(8),
    `throughput ${figures.throughputToOracle}`.padEnd(18),
    poisoned > 0 ? `poisoned ${poisoned}` : '',
  ];
  console.log(columns.join(' ').trimEnd());
}

function showChoosing(): void {
  const tokensPerMinute = [30_000, 60_000, 120_000, 240_000] as const;
  const { p50, p99 } = playChoosing((index) => {
    const [deployment] = deploymentsOf([tokensPerMinute[index % 4] ?? 30_000]);
    if (deployment === undefined) throw new Error('One quota gives one deployment.');
    return { ...deployment, name: `region-${index}`, region: `region${index}` };
  });
  console.log(
    JSON.stringify({ figure: 'choosing', deployments: 28, microseconds: { p50: rounded(p50), p99: rounded(p99) } }),
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
