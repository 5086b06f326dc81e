import { setTimeout as sleepMs } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { startAzurite } from '../../local/storage/startAzurite.ts';
import { createSharedLedger } from '../../shared/pool/sharedLedger.ts';
import { createTableStateStore } from '../../shared/pool/tableStateStore.ts';
import { percentile } from '../figure.ts';
import { deploymentsOf } from './players/argus.ts';

const FOR_MS = 6_000;
const MILLION = [250_000, 250_000, 250_000, 250_000] as const;

/**
 * `node bench/pool/tableRate.ts`: requests that are booked and settled per second over one row of a real table (Azurite
 * on this machine), by 1, 4 and 16 ledgers with 1 to 8 callers each. Every request is two steps.
 */
const azurite = await startAzurite();
for (const [ledgers, callers] of [
  [1, 1],
  [1, 8],
  [4, 4],
  [16, 4],
] as const) {
  await measure(ledgers, callers);
}
await azurite.stop();

async function measure(ledgerCount: number, callersOfEach: number): Promise<void> {
  const table = TableClient.fromConnectionString(azurite.connectionString, `rate${ledgerCount}x${callersOfEach}`, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const deployments = deploymentsOf(MILLION);
  const now = Date.now;
  const endMs = now() + FOR_MS;
  const tookMs: number[] = [];
  const call = async (ledger: ReturnType<typeof createSharedLedger>, name: string): Promise<void> => {
    for (let count = 0; now() < endMs; count += 1) {
      const [analysisId, createdMs] = [`${name}-${count}`, now()];
      const beganMs = performance.now();
      const need = { analysisId, createdMs, admissionTokens: 200, caller: 'http', exclude: [] } as const;
      const placement = await ledger.book({ ...need, model: 'gpt-4@vision-preview', latestStartMs: createdMs });
      if (placement.kind !== 'booked') {
        await sleepMs(50);
        continue;
      }
      await ledger.release(placement.booking);
      tookMs.push((performance.now() - beganMs) / 2);
    }
  };
  const store = createTableStateStore(table);
  const working = Array.from({ length: ledgerCount }, (_, index) => {
    const ledger = createSharedLedger(store, deployments, {
      httpShare: 0.2,
      localShare: 0.1,
      now,
      sleep: (waitMs) => sleepMs(waitMs, undefined, { ref: false }),
      random: Math.random,
      signal: () => undefined,
    });
    return Array.from({ length: callersOfEach }, (_, caller) => call(ledger, `${index}-${caller}`));
  });
  await Promise.all(working.flat());
  const stepsPerSecond = Math.round((tookMs.length * 2 * 1_000) / FOR_MS);
  const stepMs = { p50: Math.round(percentile(tookMs, 0.5)), p95: Math.round(percentile(tookMs, 0.95)) };
  console.log(JSON.stringify({ figure: 'tableRate', ledgers: ledgerCount, callersOfEach, stepsPerSecond, stepMs }));
}
