import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { makeAppFolder } from '../../local/cloud/makeAppFolder.ts';
import { type LocalCloud, startCloud } from '../../local/cloud/startCloud.ts';
import { type StartedHost, startHost } from '../../local/host/startHost.ts';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { numberedPng } from '../../local/samples/numberedPng.ts';

interface FloodOptions {
  readonly images: number;
  /** In how many minutes the pool's quota lets them through. */
  readonly minutes: number;
  /** Processes of the app. */
  readonly processes: number;
  readonly onLine: (line: string) => void;
}

/** What was seen of the app while it worked. */
export interface Look {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Resident memory of each process. */
  readonly residentMiB: readonly number[];
  /** By `GET /backlog`; null: it names none, or did not answer. */
  readonly expectedDoneAtMs: number | null;
}

export interface FloodEnd {
  readonly startMs: number;
  /** When the last of them had been uploaded. */
  readonly uploadedMs: number;
  /** When the last of them was answered, or hope was given up. */
  readonly endMs: number;
  /** When each reached a region that answered it, in the order of their uploads; null: it did not. */
  readonly startedMs: readonly (number | null)[];
  readonly looks: readonly Look[];
  /** Messages in poison queues. */
  readonly poisoned: number;
  /** Analyses that ended as `failed`. */
  readonly failed: number;
  readonly refused: number;
}

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');
/** What a request for such an image is charged at the door, once the length of the answers is known. */
const TOKENS_OF_AN_IMAGE = 543;
const UPLOADS_AT_ONCE = 16;
const LOOK_EVERY_MS = 15_000;
const LATENCY_MS = 1_000;
/** Tokens per minute that keep one analysis at a time busy, as the templates reckon (infra/pool.bicep, `analysesAtATime`). */
const TOKENS_A_MINUTE_EACH = 8_000;
/** The host fetches no more messages at once. */
const MOST_MESSAGES_AT_ONCE = 32;
/** So much longer than the quota takes it may take. */
const PATIENCE = 4;

/** Uploads so many images as fast as the storage takes them, and watches until all are answered. */
export async function flood(options: FloodOptions): Promise<FloodEnd> {
  const { images, processes, onLine } = options;
  const tokensPerMinute = Math.ceil((images * TOKENS_OF_AN_IMAGE) / options.minutes / seedRegions().length);
  // The templates would spread so many over instances; here each process stands for several.
  const atATime = Math.ceil((tokensPerMinute * seedRegions().length) / TOKENS_A_MINUTE_EACH / processes);
  const fetchedAtOnce = Math.min(MOST_MESSAGES_AT_ONCE, Math.ceil(atATime / 2));
  const app = await makeAppFolder(PROJECT_FOLDER);
  const cloud = await startCloud({
    appFolder: app.folder,
    // In memory, Azurite's queue stands still for half a minute each minute while it removes thousands of taken messages.
    dataFolder: join(app.folder, 'data'),
    port: 0,
    onLine,
    settings: {
      AzureFunctionsJobHost__extensions__blobs__maxDegreeOfParallelism: `${atATime}`,
      AzureFunctionsJobHost__extensions__queues__batchSize: `${fetchedAtOnce}`,
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: `${atATime - fetchedAtOnce}`,
    },
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed' as const,
      latencyMs: LATENCY_MS,
      deployments: region.deployments.map((each) => ({ ...each, tokensPerMinute })),
    })),
  });
  const { settings } = cloud;
  const more = await Promise.all(
    Array.from({ length: processes - 1 }, () => startHost({ folder: app.folder, settings, graceSeconds: 10, onLine })),
  );
  try {
    const startMs = Date.now();
    const uploading = upload(images, cloud);
    const looks = await watch([cloud.host, ...more], cloud, {
      ...{ images, untilMs: startMs + PATIENCE * options.minutes * 60_000, onLine },
    });
    const { digests, uploadedMs } = await uploading;
    return { startMs, uploadedMs, endMs: Date.now(), ...(await seenIn(cloud, digests)), looks };
  } finally {
    await Promise.all(more.map((host) => host.stop()));
    await cloud.stop();
    await app.remove();
  }
}

async function upload(
  images: number,
  cloud: LocalCloud,
): Promise<{ readonly digests: readonly string[]; readonly uploadedMs: number }> {
  const container = BlobServiceClient.fromConnectionString(cloud.connectionString).getContainerClient('images');
  const digests: string[] = [];
  let next = 0;
  const uploader = async (): Promise<void> => {
    for (let place = next++; place < images; place = next++) {
      const png = await numberedPng(place);
      digests[place] = createHash('sha256').update(png).digest('hex');
      await container.getBlockBlobClient(`describe/${place}.png`).uploadData(png);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, uploader));
  return { digests, uploadedMs: Date.now() };
}

async function watch(
  hosts: readonly StartedHost[],
  cloud: LocalCloud,
  until: { readonly images: number; readonly untilMs: number; readonly onLine: (line: string) => void },
): Promise<readonly Look[]> {
  const looks: Look[] = [];
  for (let answered = 0; answered < until.images && Date.now() < until.untilMs; ) {
    await sleep(LOOK_EVERY_MS);
    const residentMiB = hosts.map(({ processId }) => residentOf(processId));
    const atMs = Date.now();
    const backlog = await fetch(`${cloud.host.url}/api/backlog`).then(
      (answer) => answer.json() as Promise<{ expectedDoneAt?: string | null }>,
      () => undefined,
    );
    const expectedDoneAtMs = backlog?.expectedDoneAt ? Date.parse(backlog.expectedDoneAt) : null;
    looks.push({ atMs, residentMiB, expectedDoneAtMs });
    answered = cloud.regions?.summary().answered ?? 0;
    until.onLine(JSON.stringify({ answered, residentMiB, backlog }));
  }
  return looks;
}

function residentOf(processId: number): number {
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'));
  return Number(resident?.[1] ?? Number.NaN) / 1024;
}

async function seenIn(
  cloud: LocalCloud,
  digests: readonly string[],
): Promise<Pick<FloodEnd, 'startedMs' | 'poisoned' | 'failed' | 'refused'>> {
  const startedAt = new Map<string, number>();
  for (const { status, images, receivedAtMs } of cloud.regions?.charges() ?? []) {
    for (const { sha256 } of status === 200 ? images : []) startedAt.set(sha256, receivedAtMs);
  }
  const queues = QueueServiceClient.fromConnectionString(cloud.azurite.connectionString);
  let poisoned = 0;
  for await (const { name } of queues.listQueues()) {
    if (!name.endsWith('-poison')) continue;
    poisoned += (await queues.getQueueClient(name).getProperties()).approximateMessagesCount ?? 0;
  }
  const list = await fetch(`${cloud.host.url}/api/analyses?status=failed&limit=200`);
  const { analyses } = (await list.json()) as { readonly analyses: readonly unknown[] };
  return {
    startedMs: digests.map((digest) => startedAt.get(digest) ?? null),
    poisoned,
    failed: analyses.length,
    refused: cloud.regions?.summary().byStatus['429'] ?? 0,
  };
}
