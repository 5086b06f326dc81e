import { commandLineOrExit } from '../../local/process/commandLine.ts';
import { amount, amounts, flag, wholeNumber } from '../../local/process/options.ts';
import { type RegionOptions, seedRegions } from '../../local/regions/regionOptions.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { jobsOf } from './jobs.ts';
import { playMatch, tokensPerMinuteOf } from './match.ts';
import { type Measured, measureJobs } from './measureJobs.ts';
import { argus } from './players/argus.ts';
import { clientRetries } from './players/clientRetries.ts';
import { portkey } from './players/portkey.ts';
import type { Score } from './score.ts';

const { values } = commandLineOrExit({
  name: 'npm run bench:live',
  does: `The pool on this machine, by real HTTP and Azurite, against Portkey's gateway and the openai client. A
JSON line for each player of each load; the figures are read from the regions' charge logs.`,
  options: {
    minutes: amount('how long images arrive, for each load', 5),
    seed: wholeNumber('of the images and of when they arrive', { fallback: 1 }),
    loads: amounts('parts of the quota that the images ask for, one after the other', [0.9, 1.5]),
    table: flag('lines to read in place of JSON'),
  },
});

/** The seed's four regions of 10,000 tokens a minute; an answer costs nothing to make and takes three seconds. */
const POOL: readonly RegionOptions[] = seedRegions().map((region) => ({
  ...region,
  answers: 'fixed',
  latencyMs: 3_000,
}));

const gateway = await startGateway();
try {
  const measured = await measureJobs(POOL);
  for (const load of values.loads) await play(load, { gateway, ...measured });
} finally {
  await gateway.stop();
}
process.exit(0);

async function play(load: number, with_: Measured & { readonly gateway: Gateway }): Promise<void> {
  const { maxOutputTokens, meanTokens } = with_;
  const forMs = values.minutes * 60_000;
  const perMinute = (load * tokensPerMinuteOf(POOL)) / meanTokens;
  const jobs = await jobsOf({ seed: values.seed, perMinute, forMs });
  const players = [await argus(POOL), await portkey(POOL, with_), await clientRetries(POOL, maxOutputTokens)];
  try {
    for (const { player, score } of await playMatch(jobs, { players, forMs, pool: POOL })) tell(load, player, score);
  } finally {
    for (const player of players) await player.stop();
  }
}

function tell(load: number, player: string, score: Score): void {
  const { answered, refused, lost, left } = score;
  const figures = {
    answered,
    refused,
    refusedPer100: rounded(score.refusedPer100),
    quotaShare: rounded(score.quotaShare),
    holdS: { p50: rounded(score.holdMs.p50 / 1_000), p95: rounded(score.holdMs.p95 / 1_000) },
    lost,
    left,
  };
  if (!values.table) {
    console.log(JSON.stringify({ figure: 'live', load, player, seed: values.seed, ...figures }));
    return;
  }
  const { holdS } = figures;
  const columns = [
    `load ${load}`.padEnd(10),
    player.padEnd(28),
    `answered ${answered}`.padEnd(14),
    `refused ${figures.refusedPer100} in 100`.padEnd(22),
    `quota used ${figures.quotaShare}`.padEnd(19),
    `hold ${holdS.p50}/${holdS.p95} s`.padEnd(20),
    `lost ${lost}, left ${left}`,
  ];
  console.log(columns.join(' '));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
