import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS } from '../../shared/records/lease.ts';
import { buildApp } from '../make/build.ts';
import { seededRandom } from '../seededRandom.ts';
import type { BlobEvent } from '../storage/blobEvent.ts';
import type { Disturbance } from './causeOf.ts';
import { asksAs, startChaosCloud } from './chaosCloud.ts';
import { killSome, restartSome } from './disturb.ts';
import { dropImages } from './dropImages.ts';
import { createInstances } from './instances.ts';
import { isGood, judge, type Verdict } from './judge.ts';
import { createKillPoints } from './killPoints.ts';
import { readStorage, readUnderWay } from './readStorage.ts';
import { countFaults, storageTroubles } from './storageTroubles.ts';
import { type TakenUp, watchTakeovers } from './takeovers.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly images: number;
  readonly kills: number;
  /** App processes at a time. */
  readonly instances: number;
  /** How often the storage is stopped and started again. */
  readonly storageRestarts: number;
  /** From 0 to 1: how many of the calls to the storage go wrong. */
  readonly storageFaultRate: number;
  /** Whether requests also hang until the client gives up, which takes two minutes each. */
  readonly withTimeouts: boolean;
  /** Whether to wait, after the last kill, until all that was held then has gone on: a lease long. */
  readonly awaitsTakeovers: boolean;
  readonly onLine: (line: string) => void;
}

interface ChaosEnd {
  readonly isGood: boolean;
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  /** Injected faults after which it is unknown whether a request was billed. */
  readonly ambiguousFaults: number;
  /** Faults of the storage that calls have met, by their kind. */
  readonly storageFaults: Readonly<Record<string, number>>;
  readonly takenUp: TakenUp;
  readonly verdict: Verdict;
}

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');
const AMBIGUOUS_FAULTS = ['server-error', 'reset', 'html', 'cut-json', 'broken-json', 'timeout', 'slow'];
/** How many kills ahead images are dropped. */
const KILLS_AHEAD = 2;
const STORAGE_AWAY_MS = 1_000;
const SKEWS_MS = [2_000, -2_000, 0];
/** Ahead of every patience of the app: leases, lost messages, missed events, forgotten reservations. */
const LATE_CLOCK_MS = 20 * 60_000;

/** Drops images while everything goes wrong, lets the app come to its end, and judges what is there then. */
export async function runChaos(options: ChaosOptions): Promise<ChaosEnd> {
  const { seed, onLine } = options;
  const random = seededRandom(seed);
  const folder = await makeFolder();
  const killPoints = createKillPoints();
  const disturbances: Disturbance[] = [];
  const deliver = Promise.withResolvers<(event: BlobEvent) => Promise<void>>();
  const cloud = await startChaosCloud({
    ...{ seed, onLine, instances: options.instances, withTimeouts: options.withTimeouts },
    storageFaultRate: options.storageFaultRate,
    dataFolder: join(folder, 'data'),
    deliver: async (event) => (await deliver.promise)(event),
    onResult: () => killPoints.reached('result kept'),
  });
  const takeovers = watchTakeovers(cloud.connectionString);
  const instances = createInstances({ appFolder: folder, settingsOf: cloud.settingsOf, onLine });
  const stopWatching = killPoints.watch(cloud.regions);
  try {
    await instances.start(options.instances, (place) => SKEWS_MS[place % SKEWS_MS.length] ?? 0);
    deliver.resolve(instances.deliver(random));
    const progress = { kills: 0 };
    const perKill = options.images / Math.max(1, options.kills);
    const [dropped, kills] = await Promise.all([
      dropImages(options.images, {
        ...{ connection: cloud.uploadConnection, random },
        // Spread over all the kills, so that each of them meets work.
        mayDrop: (place) => place < (progress.kills + KILLS_AHEAD) * perKill,
      }),
      killSome(options.kills, {
        ...{ random, progress, wait: killPoints.next },
        kill: async () => {
          const fromMs = Date.now();
          const place = await instances.kill(random());
          if (place === undefined) return false;
          disturbances.push({ fromMs, untilMs: Date.now(), asks: asksAs(place) });
          await takeovers.watch().catch(() => onLine('The storage was away when a process was killed.'));
          return true;
        },
      }),
      restartSome(options, {
        progress,
        restart: async () => {
          const fromMs = Date.now();
          await cloud.restartStorage(STORAGE_AWAY_MS);
          disturbances.push({ fromMs, untilMs: Date.now() });
        },
      }),
    ]);
    onLine('All is dropped and the last process was killed; the rest is left to the app.');
    if (options.awaitsTakeovers) await takeovers.settled(Date.now() + 2 * LEASE_MS);
    const takenUp = takeovers.stop();
    await instances.stop();
    // From here on the services answer, and the app must recover everything that is left.
    for (const region of cloud.regions.all) region.setFaults({});
    cloud.storage.setRandom({ rate: 0 });
    await finish(instances, { connectionString: cloud.connectionString, options });
    const charges = cloud.regions.charges();
    const troubles = storageTroubles(cloud.storage.log());
    const storage = await readStorage(cloud.connectionString);
    const verdict = judge(dropped, { charges, disturbances, troubles }, storage);
    const faults = charges.filter(({ fault }) => fault !== null && AMBIGUOUS_FAULTS.includes(fault));
    return {
      ...{ isGood: isGood(verdict), seed, kills, ambiguousFaults: faults.length },
      ...{ storageFaults: countFaults(cloud.storage.log()), takenUp, verdict },
    };
  } finally {
    stopWatching();
    takeovers.stop();
    await instances.stop();
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Processes with a clock ahead recover what is left; the operator queues files without an event. */
async function finish(
  instances: ReturnType<typeof createInstances>,
  cloud: { readonly connectionString: string; readonly options: ChaosOptions },
): Promise<void> {
  const { instances: count, images, onLine } = cloud.options;
  await instances.start(count, () => LATE_CLOCK_MS);
  for (let rounds = 0; rounds < 60 + images / 2; rounds++) {
    if (rounds % 8 === 0) await instances.runTimer();
    await sleep(2_000);
    const { openRows, reservations, messages } = await readUnderWay(cloud.connectionString);
    const hasMessages = Object.values(messages).some((waiting) => waiting > 0);
    if (openRows + reservations === 0 && !hasMessages && (await queueRest(instances)) === 0) break;
    if (rounds % 10 === 9) onLine(`Still open: ${openRows}, messages ${JSON.stringify(messages)}.`);
  }
  await instances.stop();
}

/** POST /analyses, as an operator does; gives how many files had no analysis. */
async function queueRest(instances: ReturnType<typeof createInstances>): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const answer = await instances.call('/api/analyses', { method: 'POST', headers, body: '{}' });
  const { queued } = (await answer.json()) as { readonly queued: number };
  return queued;
}

async function makeFolder(): Promise<string> {
  const parent = join(PROJECT_FOLDER, '.local');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'chaos-'));
  await buildApp({ outfile: join(folder, 'dist', 'main.cjs') });
  for (const file of ['host.json', 'package.json']) await copyFile(join(PROJECT_FOLDER, file), join(folder, file));
  return folder;
}
