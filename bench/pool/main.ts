import { type Match, play, type Result } from './match.ts';
import { argus } from './players/argus.ts';
import { clientRetries, ordinaryFunction } from './players/ownRetries.ts';
import { ROUTERS } from './players/routers.ts';
import { sharedArgus } from './players/sharedArgus.ts';
import { nameOf, PLAIN, type Scenario } from './scenario.ts';

const filter = process.argv[2] ?? '';
const all: Partial<Scenario>[] = [
  { pool: 'unequal', load: 0.6 },
  { pool: 'unequal', load: 0.9 },
  { pool: 'unequal', load: 1.5 },
  { pool: 'seed', load: 0.6 },
  { pool: 'seed', load: 0.9 },
  { pool: 'seed', load: 1.5 },
  { pool: 'unequal', load: 0.9, noise: 0.2 },
  { pool: 'unequal', load: 1.5, noise: 0.2 },
  { pool: 'seed', load: 0.9, noise: 0.2 },
  { pool: 'seed', load: 1.5, noise: 0.2 },
  { pool: 'unequal', load: 0.9, instances: 8 },
  { pool: 'unequal', load: 0.9, instances: 64 },
  { pool: 'seed', load: 0.9, instances: 64 },
  { pool: 'unequal', load: 0.9, tenant: 0.15 },
  { pool: 'unequal', load: 1.5, tenant: 0.15 },
];
const players = filter === 'base' ? [...ROUTERS, clientRetries, ordinaryFunction] : [argus];
for (const one of all.filter((o) => !process.argv[3] || nameOf({ ...PLAIN, ...o }) === process.argv[3])) {
  const scenario = { ...PLAIN, ...one };
  const began = performance.now();
  const match: Match = await play(scenario, scenario.instances > 1 ? [sharedArgus] : players);
  const told = (r: Result) =>
    `${r.player.padEnd(28)} ans ${r.answered} poi ${r.poisoned} ref ${r.refusedPer100.toFixed(2)} p50 ${(r.holdMs.p50 / 1000).toFixed(1)} p95 ${(r.holdMs.p95 / 1000).toFixed(1)} max ${(r.holdMs.most / 1000).toFixed(0)} tpm ${r.tokensPerMinute.toFixed(0)} (${(r.tokensPerMinute / match.oracle.tokensPerMinute).toFixed(3)}) p95x ${(r.holdMs.p95 / match.oracle.holdMs.p95).toFixed(2)}`;
  console.log(nameOf(scenario), `${(performance.now() - began).toFixed(0)} ms`);
  for (const r of [match.oracle, ...match.results]) console.log('   ', told(r));
}
