import { BlobServiceClient } from '@azure/storage-blob';
import { createStorage } from '../local/storage/createStorage.ts';
import { startStorage } from '../local/storage/startStorage.ts';
import { inParallel } from '../shared/concurrency/inParallel.ts';
import { type QueueEnd, queueBlobs } from '../shared/pipeline/queueBlobs.ts';
import { TABLES } from '../shared/records/analysisStore.ts';
import { buildServices, type Services } from '../shared/services.ts';
import { readConfig } from '../shared/settings/config.ts';
import { DUE_QUEUE } from '../shared/storage/dueQueue.ts';
import { roundFact } from '../shared/storage/roundPage.ts';
import { sweepMissed } from '../shared/upkeep/sweepMissed.ts';
import { printFigure } from './figure.ts';
import { STRICTNESS } from './strictness.ts';

/** As many as BENCH_BLOBS says: the whole container takes some ten minutes. */
const BLOBS = Number(process.env.BENCH_BLOBS ?? 40_000);
/** Of them no event tells, once the others are queued. */
const MISSED = Math.ceil(BLOBS / 100);
const ROUND_MS = 16 * 60_000;

/**
 * A container of 40,000 blobs that lay there before, on Azurite: what POST /analyses and the timer's sweep take for it, in
 * calls, in time and in memory. The first call's answer is thrown away, as when its caller was killed.
 */
export async function benchFullContainer(): Promise<void> {
  const storage = await startStorage({ strictness: STRICTNESS });
  try {
    const { connectionString } = storage;
    const names = { containers: ['images', 'results'], queues: [DUE_QUEUE], tables: Object.values(TABLES) };
    await createStorage(names, { connectionString, certificate: undefined });
    const services = await buildServices(configOf(connectionString));
    // The installation begins before the files are there: each of them is one that an event may have missed.
    await sweepMissed(services);
    await putBlobs(connectionString, { from: 0, count: BLOBS });
    const beforeMiB = rssMiB();
    const peak = watchMemory();
    await benchQueueing(services);
    await putBlobs(connectionString, { from: BLOBS, count: MISSED });
    await benchSweep(services);
    printFigure({
      figure: 'fullContainer.memory.peak',
      value: peak.stop(),
      unit: 'MiB',
      baseline: { name: 'before the first call', value: beforeMiB },
    });
  } finally {
    await storage.stop();
  }
}

async function benchQueueing(services: Services): Promise<void> {
  // Whoever asked first was killed and does not know how far it came.
  const first = await timed(() => queueBlobs({ isDryRun: false }, services));
  const rest = await callUntilDone(services, { isDryRun: false });
  const queued = first.value.queued + rest.queued;
  if (queued !== BLOBS) throw new Error(`${queued} of ${BLOBS} blobs were queued.`);
  tell('queue', { matched: queued, queued, times: [first.ms, ...rest.times] });
  tell('dryRun', await callUntilDone(services, { isDryRun: true }));
}

interface Called {
  readonly matched: number;
  readonly queued: number;
  readonly times: readonly number[];
}

async function callUntilDone(services: Services, call: { readonly isDryRun: boolean }): Promise<Called> {
  const times: number[] = [];
  let [matched, queued] = [0, 0];
  let end: QueueEnd | undefined;
  do {
    const { continuation } = end ?? {};
    const { value, ms } = await timed(() => queueBlobs({ ...call, ...(continuation && { continuation }) }, services));
    end = value;
    matched += value.matched;
    queued += value.queued;
    times.push(ms);
  } while (end.continuation);
  return { matched, queued, times };
}

function tell(name: string, { matched, queued, times }: Called): void {
  printFigure({ figure: `fullContainer.${name}.calls`, value: times.length, unit: 'calls' });
  printFigure({ figure: `fullContainer.${name}.longestCall`, value: Math.max(...times) / 1000, unit: 's' });
  printFigure({ figure: `fullContainer.${name}.time`, value: sum(times) / 1000, unit: 's' });
  printFigure({ figure: `fullContainer.${name}.matched`, value: matched, unit: 'blobs' });
  printFigure({ figure: `fullContainer.${name}.queued`, value: queued, unit: 'blobs' });
}

/** One round of the timer's sweep, by a clock that is ahead of the files. */
async function benchSweep(services: Services): Promise<void> {
  const later = { ...services, now: () => Date.now() + ROUND_MS };
  const times: number[] = [];
  let missed = 0;
  do {
    const { value, ms } = await timed(() => sweepMissed(later));
    missed += value;
    times.push(ms);
  } while ((await services.progress.read(roundFact('sweep')))?.continuation);
  printFigure({ figure: 'fullContainer.sweep.runs', value: times.length, unit: 'runs' });
  printFigure({ figure: 'fullContainer.sweep.longestRun', value: Math.max(...times) / 1000, unit: 's' });
  printFigure({ figure: 'fullContainer.sweep.missed', value: missed, unit: 'blobs' });
  if (missed !== MISSED) throw new Error(`${missed} of ${MISSED} missed blobs were found.`);
}

async function putBlobs(
  connectionString: string,
  blobs: { readonly from: number; readonly count: number },
): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('images');
  const places = Array.from({ length: blobs.count }, (_, place) => blobs.from + place);
  await inParallel(places, (place) => {
    const name = `${String(place % 100).padStart(2, '0')}/${place}.png`;
    return container.getBlockBlobClient(name).upload(name, name.length);
  });
}

function configOf(connectionString: string): ReturnType<typeof readConfig> {
  return readConfig({
    IMAGES_STORAGE: connectionString,
    VISION_DEPLOYMENTS: JSON.stringify([
      {
        ...{ name: 'seed', endpoint: 'https://localhost', region: 'swedencentral', tokensPerMinute: 10_000 },
        ...{ model: 'gpt-4', version: 'vision-preview', auth: 'none' },
      },
    ]),
  });
}

async function timed<T>(step: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now();
  const value = await step();
  return { value, ms: performance.now() - startedAt };
}

function watchMemory(): { readonly stop: () => number } {
  let most = rssMiB();
  const timer = setInterval(() => {
    most = Math.max(most, rssMiB());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

function rssMiB(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
