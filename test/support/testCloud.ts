import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import sharp from 'sharp';
import { type CloudOptions, type LocalCloud, startCloud } from '../../local/cloud/startCloud.ts';
import { trusting } from '../../local/storage/createStorage.ts';
import { makeAppFolder } from './appFolder.ts';
import { takeAzurite } from './takeAzurite.ts';

/** The local cloud for a test file: the bundle that is deployed, storage in memory, free ports. */
export interface TestCloud extends LocalCloud {
  /** Everything that storage and host have written so far. */
  readonly lines: readonly string[];
  readonly call: (path: string, init?: RequestInit) => Promise<Response>;
  readonly upload: (
    name: string,
    bytes: Buffer,
    metadata?: Record<string, string>,
  ) => Promise<{ readonly etag: string }>;
  /** The analysis of a file once it has ended. */
  readonly ended: (name: string, withinMs?: number) => Promise<TestAnalysis>;
  readonly analysisOf: (name: string) => Promise<TestAnalysis | undefined>;
  readonly container: (name: string) => ReturnType<BlobServiceClient['getContainerClient']>;
  readonly queueLength: (name: string) => Promise<number>;
  readonly queue: (name: string) => ReturnType<QueueServiceClient['getQueueClient']>;
}

export interface TestAnalysis {
  readonly id: string;
  readonly status: string;
  readonly task: string;
  readonly waitingFor?: string;
  readonly answer?: Record<string, unknown>;
  readonly markdown?: string;
  readonly deployment: { readonly name: string; readonly region: string } | null;
  readonly image: { readonly source: string; readonly width: number | null; readonly height: number | null };
  readonly attempts: readonly {
    readonly deployment: string;
    readonly outcome: string;
    readonly status: number | null;
  }[];
  readonly warnings: readonly { readonly code: string }[];
  readonly cost: { readonly usd: number | null; readonly estimatedUsd: number | null };
  readonly timing: { readonly totalMs: number; readonly waitedMs: number };
  readonly error?: { readonly code: string; readonly detail: string };
}

export async function startTestCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const app = await makeAppFolder();
  const lines: string[] = [];
  const cloud = await startCloud({
    appFolder: app.folder,
    port: 0,
    ...(!options.access && !options.dataFolder && { azurite: await takeAzurite() }),
    onLine: (line) => lines.push(line),
    ...options,
  }).catch(async (error: unknown) => {
    await app.remove();
    throw error;
  });
  const blobs = BlobServiceClient.fromConnectionString(cloud.connectionString, trusting(cloud.certificate));
  const queues = QueueServiceClient.fromConnectionString(cloud.connectionString, trusting(cloud.certificate));
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${cloud.host.url}${path}`, init);

  async function analysisOf(name: string): Promise<TestAnalysis | undefined> {
    const list = await call(`/api/analyses?prefix=${encodeURIComponent(name)}&limit=200`);
    const { analyses } = (await list.json()) as { analyses: TestAnalysis[] };
    const found = analyses.find(({ image }) => image.source === name);
    if (!found) return undefined;
    return (await (await call(`/api/analyses/${found.id}`)).json()) as TestAnalysis;
  }

  async function ended(name: string, withinMs = 120_000): Promise<TestAnalysis> {
    const untilMs = Date.now() + withinMs;
    let seen: TestAnalysis | undefined;
    while (Date.now() < untilMs) {
      seen = await analysisOf(name);
      if (seen && ['succeeded', 'rejected', 'failed', 'cancelled'].includes(seen.status)) return seen;
      await sleep(100);
    }
    throw new Error(
      `${name} did not end within ${withinMs} ms; it is ${JSON.stringify(seen)}. Log:\n${lines.slice(-20).join('\n')}`,
    );
  }

  return {
    ...cloud,
    lines,
    call,
    analysisOf,
    ended,
    upload: async (name, bytes, metadata) => {
      const { etag } = await (cloud.access ? cloud.storageAs('operator').blobs : blobs)
        .getContainerClient('images')
        .getBlockBlobClient(name)
        .uploadData(bytes, metadata === undefined ? {} : { metadata });
      return { etag: etag ?? '' };
    },
    container: (name) => blobs.getContainerClient(name),
    queue: (name) => queues.getQueueClient(name),
    queueLength: async (name) => (await queues.getQueueClient(name).getProperties()).approximateMessagesCount ?? 0,
    stop: async () => {
      await cloud.stop();
      await app.remove();
    },
  };
}

/** A PNG of one colour, of a size and a colour that no other test uses, so that its digest is its own. */
export async function plainPng(width: number, height: number, background = '#336699'): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}
