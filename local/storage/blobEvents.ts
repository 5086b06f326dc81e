import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { type BlobEvent, makeBlobEvent, readBlobWrite } from './blobEvent.ts';
import { trusting } from './createStorage.ts';
import type { StorageCall } from './storageCall.ts';

/** Event Grid's waits between attempts to deliver, the last one repeated (Event Grid, "Delivery and retry"). */
const RETRY_DELAYS_MS = [10_000, 30_000, 60_000, 300_000, 600_000];

export type Deliver = (event: BlobEvent) => Promise<void>;

export interface BlobEventsOptions {
  /** The subscription's filter, as in `/blobServices/default/containers/images/`. */
  readonly subjectBeginsWith: string;
  /** Hands an event on; it is called again, later, as long as it throws. */
  readonly deliver: Deliver;
  readonly retryDelaysMs?: readonly number[];
}

/** The account whose writes become events, reached past the proxy. */
interface EventsAccount {
  readonly connectionString: string;
  /** PEM, where it speaks HTTPS. */
  readonly certificate?: string;
  readonly onLine?: (line: string) => void;
}

interface BlobEvents {
  /** To be called with each answered call to the blob service. */
  readonly onAnswered: (
    call: StorageCall,
    answered: { readonly statusCode?: number | undefined; readonly headers: IncomingHttpHeaders },
  ) => void;
  /** Settles when every event raised so far has been delivered. */
  settled(): Promise<void>;
  stop(): void;
}

/** Turns answered writes to Azurite into the events that Event Grid would send, whichever client wrote. */
export function createBlobEvents(options: BlobEventsOptions, account: EventsAccount): BlobEvents {
  const storage = BlobServiceClient.fromConnectionString(account.connectionString, trusting(account.certificate));
  const stopped = new AbortController();
  const undelivered = new Set<Promise<void>>();
  let sequence = Date.now() * 1000;

  const raise: (...seen: Parameters<BlobEvents['onAnswered']>) => Promise<void> = async (call, answered) => {
    const write = readBlobWrite(call, answered.statusCode ?? 0);
    if (write === undefined) return;
    sequence += 1;
    const seen = {
      id: randomUUID(),
      atMs: Date.now(),
      sequence,
      url: `${call.url.origin}${call.url.pathname}`,
      requestId: header(answered, 'x-ms-request-id') ?? '',
      clientRequestId: header(call, 'x-ms-client-request-id'),
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
        account.onLine?.(
          `Event for ${event.subject} was not taken (${(error as Error).message}); again in ${waitMs} ms.`,
        );
        await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  };

  return {
    onAnswered: (call, answered) => {
      const work = raise(call, answered)
        .catch((error: Error) => account.onLine?.(`No event could be made of a write: ${error.message}`))
        .finally(() => undelivered.delete(work));
      undelivered.add(work);
    },
    settled: async () => {
      while (undelivered.size > 0) await Promise.all(undelivered);
    },
    stop: () => stopped.abort(),
  };
}

function header(message: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
  const value = message.headers[name];
  return typeof value === 'string' ? value : undefined;
}
