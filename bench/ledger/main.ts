import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { commandLineOrExit } from '../../local/process/commandLine.ts';
import { flag, text } from '../../local/process/options.ts';
import { startChild } from '../../local/process/startChild.ts';
import { startStorage } from '../../local/storage/startStorage.ts';
import { percentile } from '../figure.ts';
import { STRICTNESS } from '../strictness.ts';
import type { CallerTerms } from './caller.ts';
import { type Load, playContention } from './contention.ts';

const FOR_MS = 6_000;
const STARTED_WITHIN_MS = 30_000;

interface Called {
  readonly stepsMs: readonly number[];
  readonly isLocal: boolean;
}

/** Processes, callers in each, and models that they use. */
const LOADS = [
  [1, 1, 1],
  [1, 8, 1],
  [1, 8, 2],
  [2, 4, 1],
  [2, 4, 2],
  [4, 4, 1],
  [4, 4, 2],
  [8, 4, 1],
  [8, 4, 2],
  [16, 4, 1],
  [16, 4, 2],
] as const;

const { values } = commandLineOrExit({
  name: 'npm run bench:ledger',
  does: `How many steps a second the pool's rows take in a real table (Azurite on this machine), from 1 to 16 processes
with 1 to 8 callers each, for one model and for two. Every request that starts at once is two steps. A JSON line for each.`,
  options: {
    only: text('NUMBERS', 'only with these numbers of processes, as in 2,4'),
    virtual: flag('in virtual time, against rows that answer after 10 ms to a read and 20 ms to a write'),
  },
});
const only = values.only?.split(',').map(Number);
const loads = LOADS.filter(([processes]) => only?.includes(processes) ?? true);
if (values.virtual) {
  for (const imagesPerSecond of [2, 5, 10, 20, 40]) {
    for (const models of [1, 2]) await measureVirtually({ processes: 8, imagesPerSecond, models });
  }
  process.exit(0);
}
const storage = await startStorage({ strictness: STRICTNESS });
for (const [processes, callers, models] of loads) await measure(processes, callers, models);
await storage.stop();
process.exit(0);

async function measure(processes: number, callers: number, models: number): Promise<void> {
  const { connectionString } = storage;
  const table = `rate${processes}x${callers}x${models}`;
  await TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true }).createTable();
  const fromMs = Date.now() + 2_000 + 1_000 * processes;
  const terms = { connectionString, table, callers, models, fromMs, untilMs: fromMs + FOR_MS };
  const called = await Promise.all(
    Array.from({ length: processes }, (_, place) => callFrom({ ...terms, process: place })),
  );
  const stepsMs = called.flatMap((each) => each.stepsMs);
  const figures = {
    stepsPerSecond: Math.round((stepsMs.length * 1_000) / FOR_MS),
    stepMs: quantilesOf(stepsMs),
    processesOnLocalShare: called.filter(({ isLocal }) => isLocal).length,
  };
  console.log(JSON.stringify({ figure: 'ledger', processes, callersOfEach: callers, models, ...figures }));
}

async function measureVirtually(load: Load): Promise<void> {
  console.log(JSON.stringify({ figure: 'contention', ...load, stepMs: quantilesOf(await playContention(load)) }));
}

function quantilesOf(stepsMs: readonly number[]): { readonly p50: number; readonly p95: number } {
  return { p50: Math.round(percentile(stepsMs, 0.5)), p95: Math.round(percentile(stepsMs, 0.95)) };
}

async function callFrom(terms: CallerTerms): Promise<Called> {
  const child = await startChild<Called>({
    name: 'A caller of the ledger',
    script: join(import.meta.dirname, 'caller.ts'),
    arguments: [JSON.stringify(terms)],
    readReady: (line) => (line.startsWith('{"stepsMs"') ? (JSON.parse(line) as Called) : undefined),
    readyWithinMs: STARTED_WITHIN_MS + 2 * FOR_MS,
    endWithinMs: 5_000,
  });
  await child.stop();
  return child.ready;
}
