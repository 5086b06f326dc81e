import { setTimeout as sleepMs } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { createSharedLedger } from '../../shared/pool/sharedLedger.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { deploymentsOf } from '../pool/players/argus.ts';

/**
 * One process of the app as its table sees it: callers that each book a start and give it back, over and over. Its only
 * argument says where and how long; it prints one line of JSON, with the milliseconds of each step.
 */
export interface CallerTerms {
  readonly connectionString: string;
  readonly table: string;
  readonly process: number;
  readonly callers: number;
  /** Callers use this many models in turn. */
  readonly models: number;
  /** Epoch milliseconds: all processes at the same time. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A million tokens a minute of each model. */
const MILLION = [250_000, 250_000, 250_000, 250_000] as const;

const terms = JSON.parse(process.argv[2] ?? '') as CallerTerms;
const table = TableClient.fromConnectionString(terms.connectionString, terms.table, { allowInsecureConnection: true });
const models = Array.from({ length: terms.models }, (_, index) => `model-${index}@1`);
const deployments = models.flatMap((model) =>
  deploymentsOf(MILLION).map((deployment) => ({ ...deployment, name: `${deployment.name}-${model}`, model })),
);
const ledger = createSharedLedger((group) => createTableStateStore(table, group), deployments, {
  httpShare: 0.2,
  localShare: 0.1,
  now: Date.now,
  sleep: (waitMs) => sleepMs(waitMs),
  random: Math.random,
  signal: () => undefined,
});
const stepsMs: number[] = [];
// The first step opens the connection.
await ledger.view();
await sleepMs(Math.max(0, terms.fromMs - Date.now()));
await Promise.all(Array.from({ length: terms.callers }, (_, caller) => call(caller)));
const isLocal = (await ledger.view()).some(({ localShare }) => localShare !== undefined);
// Thousands of numbers do not fit into a pipe at once: the process ends when they have been taken.
process.stdout.write(`${JSON.stringify({ stepsMs: stepsMs.map(Math.round), isLocal })}\n`, () => process.exit(0));

async function call(caller: number): Promise<void> {
  for (let count = 0; Date.now() < terms.untilMs; count += 1) {
    const createdMs = Date.now();
    const beganMs = performance.now();
    const placement = await ledger.book({
      analysisId: `${terms.process}-${caller}-${count}`,
      admissionTokens: 200,
      model: models[caller % models.length] ?? '',
      caller: 'http',
      exclude: [],
      createdMs,
      latestStartMs: createdMs,
    });
    const bookedMs = performance.now();
    stepsMs.push(bookedMs - beganMs);
    if (placement.kind !== 'booked') {
      await sleepMs(50);
      continue;
    }
    await ledger.release(placement.booking);
    stepsMs.push(performance.now() - bookedMs);
  }
}
