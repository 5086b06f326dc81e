import type { BlobItem, BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { type FailedItem, settleInParallel } from '../concurrency/inParallel.ts';
import { ignoreMissing, statusOf, storageErrorOf } from '../storage/storageError.ts';

/** What one run removed. */
export interface Removal {
  readonly removed: number;
  /** Names or ids of what could not be removed; the run continued. */
  readonly kept: readonly FailedItem<string>[];
  /** The run ended before it had checked everything. */
  readonly isMore: boolean;
  /** Where the next run continues, after what was kept; absent: at the beginning. */
  readonly from?: string;
}

export interface RemovalTerms {
  /** Epoch milliseconds: what is older is removed. */
  readonly beforeMs: number;
  /** About how many a run removes. */
  readonly most: number;
  /** Where an earlier run ended. */
  readonly from?: string;
}

/** @param terms `isNeeded`: what must stay at any age */
export type RemoveBlobs = (
  container: string,
  terms: RemovalTerms & { readonly isNeeded?: (name: string) => Promise<boolean> },
) => Promise<Removal>;

const PAGE_BLOBS = 1_000;

/** The most blobs and pages that a run lists. Pages may be short or empty. */
const MOST_LISTED = 5_000;
const MOST_PAGES = 20;

/**
 * Removes the old blobs of a container, page by page, with their snapshots. A blob that is leased or immutable, or
 * that the storage refuses to delete for another reason, stays and is named.
 */
export function removeOldBlobs(blobs: BlobServiceClient): RemoveBlobs {
  return async (container, { beforeMs, most, from, isNeeded }) => {
    const client = blobs.getContainerClient(container);
    const kept: FailedItem<string>[] = [];
    let removed = 0;
    let listed = 0;
    let pages = 0;
    const settings = { maxPageSize: PAGE_BLOBS, ...(from !== undefined && { continuationToken: from }) };
    try {
      for await (const page of client.listBlobsFlat().byPage(settings)) {
        const items = page.segment.blobItems;
        const old = items.filter(({ properties }) => properties.lastModified.getTime() < beforeMs);
        const { results, failed } = await settleInParallel(old, async (blob) =>
          (await isNeeded?.(blob.name)) ? 'needed' : await removeVersion(client, blob),
        );
        removed += results.filter((end) => end === 'removed').length;
        kept.push(...failed.map(({ item, error }) => ({ item: item.name, error })));
        listed += items.length;
        pages += 1;
        const next = page.continuationToken;
        if (next && (removed >= most || listed >= MOST_LISTED || pages >= MOST_PAGES)) {
          return { removed, kept, isMore: true, from: next };
        }
      }
    } catch (error) {
      // Not every installation has this container.
      ignoreMissing(error);
    }
    return { removed, kept, isMore: false };
  };
}

/** Removes only the listed version: one that was written later is not old. */
async function removeVersion(
  container: ContainerClient,
  { name, properties }: BlobItem,
): Promise<'removed' | 'changed'> {
  // A listing gives the ETag without its quotation marks.
  const ifMatch = `"${properties.etag.replaceAll('"', '')}"`;
  try {
    await container.getBlobClient(name).delete({ deleteSnapshots: 'include', conditions: { ifMatch } });
    return 'removed';
  } catch (error) {
    if (statusOf(error) === 404 || storageErrorOf(error)?.code === 'ConditionNotMet') return 'changed';
    throw error;
  }
}
