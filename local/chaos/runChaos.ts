import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import sharp from 'sharp';
import { buildApp } from '../build.ts';
import type { BlobEvent } from '../storage/blobEvent.ts';
import { seededRandom } from '../storage/unreliably.ts';
import { startChaosCloud } from './chaosCloud.ts';
import { createInstances } from './instances.ts';
import { type DroppedImage, isGood, judge, type Verdict } from './judge.ts';
import { createKillPoints, KILL_POINTS } from './killPoints.ts';
import { readStorage } from './readStorage.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly images: number;
  readonly kills: number;
  /** App processes at a time. */
  readonly instances: number;
  /** How often the storage is stopped and started again. */
  readonly storageRestarts: number;
  /** Whether requests also hang until the client gives up, which takes two minutes each. */
  readonly withTimeouts: boolean;
  readonly onLine: (line: string) => void;
}

export interface ChaosEnd {
  readonly isGood: boolean;
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  /** Injected faults after which nobody can tell whether a request was billed. */
  readonly ambiguousFaults: number;
  readonly verdict: Verdict;
}

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');
const AMBIGUOUS_FAULTS = ['server-error', 'reset', 'html', 'cut-json', 'broken-json', 'timeout', 'slow'];
const SKEWS_MS = [2_000, -2_000, 0];
/** Ahead of every patience of the app: claims, lost messages, missed events, forgotten reservations. */
const LATE_CLOCK_MS = 20 * 60_000;

/** Drops images while everything goes wrong, lets the app come to its end, and judges what is there then. */
export async function runChaos(options: ChaosOptions): Promise<ChaosEnd> {
  const { seed, onLine } = options;
  const random = seededRandom(seed);
  const folder = await makeFolder();
  const killPoints = createKillPoints();
  const deliver = Promise.withResolvers<(event: BlobEvent) => Promise<void>>();
  const cloud = await startChaosCloud({
    ...{ seed, onLine, withTimeouts: options.withTimeouts, dataFolder: join(folder, 'data') },
    deliver: async (event) => (await deliver.promise)(event),
    onResult: () => killPoints.reached('result kept'),
  });
  const instances = createInstances({ appFolder: folder, settings: cloud.settings, onLine });
  const stopWatching = killPoints.watch(cloud.regions);
  try {
    await instances.start(options.instances, (place) => SKEWS_MS[place % SKEWS_MS.length] ?? 0);
    deliver.resolve(instances.deliver(random));
    const isOver = { current: false };
    const timers = every(3_000, isOver, () => instances.runTimer());
    const [dropped, kills] = await Promise.all([
      dropImages(options, { connection: cloud.uploadConnection, random }),
      killSome(options, { random, kill: () => instances.kill(random()), wait: killPoints.next }),
      restartSome(options, cloud.restartStorage),
    ]);
    onLine('All is dropped and the last process was killed; the rest is left to the app.');
    await instances.stop();
    isOver.current = true;
    await timers;
    await finish(instances, cloud, onLine);
    const verdict = judge(dropped, cloud.regions.charges(), await readStorage(cloud.connectionString));
    const faults = cloud.regions.charges().filter(({ fault }) => fault !== null && AMBIGUOUS_FAULTS.includes(fault));
    const killCount = Object.values(kills).reduce((sum, count) => sum + count, 0);
    const explained = killCount + faults.length + options.storageRestarts * options.instances;
    return { isGood: isGood(verdict, explained), seed, kills, ambiguousFaults: faults.length, verdict };
  } finally {
    stopWatching();
    await instances.stop();
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** An instance whose clock is ahead takes up whatever is left, and the operator queues what no event told of. */
async function finish(
  instances: ReturnType<typeof createInstances>,
  cloud: Awaited<ReturnType<typeof startChaosCloud>>,
  onLine: (line: string) => void,
): Promise<void> {
  await instances.start(1, () => LATE_CLOCK_MS);
  for (let rounds = 0; rounds < 60; rounds++) {
    await instances.runTimer();
    await instances.call('/api/analyses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await sleep(1_000);
    const facts = await readStorage(cloud.connectionString);
    const isUnderWay =
      facts.openRows + facts.reservations > 0 || Object.values(facts.messages).some((count) => count > 0);
    if (!isUnderWay) break;
    if (rounds % 10 === 9) onLine(`Still open: ${facts.openRows}, messages ${JSON.stringify(facts.messages)}.`);
  }
  await instances.stop();
}

async function dropImages(
  { images }: ChaosOptions,
  by: { readonly connection: string; readonly random: () => number },
): Promise<readonly DroppedImage[]> {
  const container = BlobServiceClient.fromConnectionString(by.connection).getContainerClient('images');
  const dropped: DroppedImage[] = [];
  const put = async (name: string, content: number): Promise<DroppedImage> => {
    const bytes = await pngOf(content);
    const { etag } = await container.getBlockBlobClient(name).uploadData(bytes);
    return { name, etag: etag ?? '', digests: [createHash('sha256').update(bytes).digest('hex')] };
  };
  for (let place = 0; place < images; place++) {
    const name = `drop ${place}.png`;
    let image = await put(name, place);
    const chance = by.random();
    // Some are replaced while they are under way, some get metadata, which changes the ETag and nothing else.
    if (chance < 0.05) {
      const again = await put(name, images + place);
      image = { ...again, digests: [...image.digests, ...again.digests] };
    } else if (chance < 0.1) {
      const { etag } = await container.getBlobClient(name).setMetadata({ owner: 'somebody' });
      image = { ...image, etag: etag ?? '' };
    }
    dropped.push(image);
    await sleep(by.random() * 100);
  }
  return dropped;
}

async function killSome(
  { kills }: ChaosOptions,
  by: {
    readonly random: () => number;
    readonly kill: () => Promise<boolean>;
    readonly wait: (point: (typeof KILL_POINTS)[number], afterMs: number) => Promise<void>;
  },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let done = 0; done < kills; ) {
    const point = KILL_POINTS[done % KILL_POINTS.length] ?? 'any moment';
    await by.wait(point, 500 + by.random() * 1_000);
    if (!(await by.kill())) continue;
    counts[point] = (counts[point] ?? 0) + 1;
    done += 1;
  }
  return counts;
}

async function restartSome(
  { storageRestarts }: ChaosOptions,
  restart: (awayMs: number) => Promise<void>,
): Promise<void> {
  for (let done = 0; done < storageRestarts; done++) {
    await sleep(4_000);
    await restart(1_000);
  }
}

async function every(ms: number, isOver: { readonly current: boolean }, step: () => Promise<void>): Promise<void> {
  while (!isOver.current) {
    await step();
    await sleep(ms);
  }
}

/** A small picture that no other number has; it is sent as it is, so that the regions see its digest. */
function pngOf(number: number): Promise<Buffer> {
  const background = { r: number % 256, g: Math.floor(number / 256) % 256, b: 100 };
  return sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer();
}

async function makeFolder(): Promise<string> {
  const parent = join(PROJECT_FOLDER, '.local');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'chaos-'));
  await buildApp({ outfile: join(folder, 'dist', 'main.cjs') });
  for (const file of ['host.json', 'package.json']) await copyFile(join(PROJECT_FOLDER, file), join(folder, file));
  return folder;
}
