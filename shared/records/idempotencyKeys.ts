import { createHash } from 'node:crypto';
import type { BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import { z } from 'zod';
import { INBOX_CONTAINER } from '../storage/imageStore.ts';
import { isConflict, refusalKind } from '../storage/refusalKind.ts';
import { parseStoredJson } from '../storage/spoiltRow.ts';
import { versionIn } from '../storage/storageError.ts';
import { blobRefusal } from '../storage/storageRefused.ts';

/** Which analysis a caller's key stands for. */
export interface KeyBinding {
  readonly analysisId: string;
  /** For an image that came with the request: the part of the analysis id that stands for it. */
  readonly requestId: string;
  /** Digest of the whole request, image included. */
  readonly fingerprint: string;
  /** Digest of the image alone. */
  readonly imagePrint: string;
  /** Epoch milliseconds. */
  readonly boundAtMs: number;
}

const bindingSchema: z.ZodType<KeyBinding> = z.object({
  ...{ analysisId: z.string(), requestId: z.string(), fingerprint: z.string(), imagePrint: z.string() },
  boundAtMs: z.number(),
});

export interface IdempotencyKeys {
  /**
   * Binds a key and returns the binding, or returns the existing one of the last 24 h.
   *
   * @throws {StorageRefused} when the storage refuses the blob of the key
   * @throws {SpoiltRow} when that blob holds something else
   */
  bind(key: string, wanted: KeyBinding): Promise<KeyBinding>;
}

/** How long a key means the same analysis. */
export const KEY_LIFETIME_MS = 24 * 3600 * 1000;

type Condition = { readonly ifNoneMatch: string } | { readonly ifMatch: string };

const MOST_TRIES = 3;

/**
 * Stores keys as small blobs beside the waiting request bodies; the timer removes both (`RETENTION_DAYS`, `inbox`).
 * Only the hash of a key is stored.
 */
export function createIdempotencyKeys(dependencies: { readonly blobs: BlobServiceClient }): IdempotencyKeys {
  const container = dependencies.blobs.getContainerClient(INBOX_CONTAINER);

  async function bind(key: string, wanted: KeyBinding): Promise<KeyBinding> {
    const blob = container.getBlockBlobClient(`keys/${createHash('sha256').update(key).digest('hex')}`);
    let condition: Condition = { ifNoneMatch: '*' };
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const json = Buffer.from(JSON.stringify(wanted));
      try {
        await blob.upload(json, json.byteLength, { conditions: condition });
        return wanted;
      } catch (error) {
        if (!isConflict(error)) {
          throw blobRefusal(error, { container: INBOX_CONTAINER, name: blob.name, use: 'overwritten' }) ?? error;
        }
      }
      const there = await read(blob);
      if (there && wanted.boundAtMs - there.binding.boundAtMs < KEY_LIFETIME_MS) return there.binding;
      condition = there?.condition ?? { ifNoneMatch: '*' };
    }
    throw new Error(`The key ${blob.name} kept changing while it was bound, ${MOST_TRIES} times.`);
  }

  return { bind };
}

async function read(
  blob: BlockBlobClient,
): Promise<{ readonly binding: KeyBinding; readonly condition: Condition } | undefined> {
  try {
    const properties = await blob.getProperties();
    const condition = { ifMatch: versionIn(properties) };
    const json = await blob.downloadToBuffer(0, properties.contentLength, { conditions: condition });
    const binding = parseStoredJson(bindingSchema, json.toString('utf8'), { home: INBOX_CONTAINER, key: blob.name });
    return { binding, condition };
  } catch (error) {
    // Removed or replaced in between: read it again.
    const kind = refusalKind(error);
    if (kind === 'missing' || kind === 'outdated') return undefined;
    throw blobRefusal(error, { container: INBOX_CONTAINER, name: blob.name, use: 'read' }) ?? error;
  }
}
