import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { type BlobEvent, makeBlobEvent, readBlobWrite } from './blobEvent.ts';
import { startBlobProxy } from './blobProxy.ts';
import { trusting } from './createStorage.ts';
import { type Azurite, azuriteConnectionString } from './startAzurite.ts';

/** Event Grid's waits between attempts to deliver, the last one repeated (Event Grid, "Delivery and retry"). */
const RETRY_DELAYS_MS = [10_000, 30_000, 60_000, 300_000, 600_000];

export type Deliver = (event: BlobEvent) => Promise<void>;

export interface BlobEventsOptions {
  readonly azurite: Pick<Azurite, 'blobPort' | 'queuePort' | 'tablePort' | 'connectionString'>;
  /** Where clients are to send their blob requests; 0 (the default) takes a free port. */
  readonly port?: number;
  /** The subscription's filter, as in `/blobServices/default/containers/images/`. */
  readonly subjectBeginsWith: string;
  /** Hands an event on; it is called again, later, as long as it throws. */
  readonly deliver: Deliver;
  readonly retryDelaysMs?: readonly number[];
  /** The certificate of an Azurite that speaks HTTPS. */
  readonly https?: { readonly certificateFile: string; readonly keyFile: string };
  readonly onLine?: (line: string) => void;
}

export interface BlobEvents {
  readonly blobPort: number;
  /** As Azurite's, but with blob requests going through here, so that writes raise events. */
  readonly connectionString: string;
  /** Settles when every event raised so far has been delivered. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Turns answered writes to Azurite into the events that Event Grid would send, whichever client wrote. */
export async function startBlobEvents(options: BlobEventsOptions): Promise<BlobEvents> {
  const { azurite } = options;
  const storage = await openStorage(options);
  const stopped = new AbortController();
  const undelivered = new Set<Promise<void>>();
  let sequence = Date.now() * 1000;

  const raise = async (asked: IncomingMessage, answered: IncomingMessage): Promise<void> => {
    const url = new URL(asked.url ?? '/', `${options.https ? 'https' : 'http'}://${asked.headers.host}`);
    const isCopy = asked.headers['x-ms-copy-source'] !== undefined;
    const write = readBlobWrite({ method: asked.method ?? '', url, isCopy }, answered.statusCode ?? 0);
    if (write === undefined) return;
    sequence += 1;
    const seen = {
      id: randomUUID(),
      atMs: Date.now(),
      sequence,
      url: `${url.origin}${url.pathname}`,
      requestId: header(answered, 'x-ms-request-id') ?? '',
      clientRequestId: header(asked, 'x-ms-client-request-id'),
      eTag: header(answered, 'etag') ?? '',
    };
    const blob = storage.getContainerClient(write.container).getBlobClient(write.blobName);
    // A block list or a copy says neither length nor type; by now the blob may have been overwritten or deleted.
    const properties = await blob.getProperties().catch(() => undefined);
    const event = makeBlobEvent(write, {
      ...seen,
      contentType: properties?.contentType ?? 'application/octet-stream',
      contentLength: properties?.contentLength ?? 0,
      blobType: properties?.blobType ?? 'BlockBlob',
    });
    if (event.subject.startsWith(options.subjectBeginsWith)) await deliverUntilTaken(event);
  };

  const deliverUntilTaken = async (event: BlobEvent): Promise<void> => {
    const delaysMs = options.retryDelaysMs ?? RETRY_DELAYS_MS;
    for (let attempt = 0; !stopped.signal.aborted; attempt += 1) {
      try {
        await options.deliver(event);
        return;
      } catch (error) {
        const waitMs = delaysMs[Math.min(attempt, delaysMs.length - 1)] ?? 0;
        options.onLine?.(
          `Event for ${event.subject} was not taken (${(error as Error).message}); again in ${waitMs} ms.`,
        );
        await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  };

  const proxy = await startBlobProxy({
    port: options.port ?? 0,
    targetPort: azurite.blobPort,
    ...(options.https && { https: options.https }),
    onAnswered: (asked, answered) => {
      const work = raise(asked, answered)
        .catch((error: Error) => options.onLine?.(`No event could be made of a write: ${error.message}`))
        .finally(() => undelivered.delete(work));
      undelivered.add(work);
    },
  });
  const ports = { blobPort: proxy.port, queuePort: azurite.queuePort, tablePort: azurite.tablePort };
  return {
    blobPort: proxy.port,
    connectionString: azuriteConnectionString({ ...ports, protocol: options.https ? 'https' : 'http' }),
    settled: async () => {
      while (undelivered.size > 0) await Promise.all(undelivered);
    },
    stop: async () => {
      stopped.abort();
      await proxy.stop();
    },
  };
}

async function openStorage({ azurite, https }: BlobEventsOptions): Promise<BlobServiceClient> {
  const certificate = https && (await readFile(https.certificateFile, 'utf8'));
  return BlobServiceClient.fromConnectionString(azurite.connectionString, trusting(certificate));
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return typeof value === 'string' ? value : undefined;
}
