import type { BlobItem, BlobServiceClient } from '@azure/storage-blob';
import { ImageChanged } from '../errors.ts';
import { blobNameProblem } from './blobName.ts';
import { isPlaceholder } from './isPlaceholder.ts';
import { isNotThere, refusalKind } from './refusalKind.ts';
import { versionIn } from './storageError.ts';
import { type BlobUse, blobRefusal } from './storageRefused.ts';

/**
 * Reads the dropped images: their version, first bytes and all bytes, each on condition of the ETag. Folder markers
 * and files without a first byte are not images: `head` and `list` leave them out.
 *
 * Every method throws `StorageRefused` for a blob that only an operator can make readable.
 */
export interface ImageStore {
  /** Undefined if the blob does not exist. */
  head(place: BlobPlace): Promise<BlobVersion | undefined>;
  /** @throws {ImageChanged} where the blob is no longer this version */
  read(version: BlobVersion, range?: { readonly offset: number; readonly count: number }): Promise<Buffer>;
  /** Whether the image still is this version; bytes that came with a request, and pages, always are. */
  isPresent(source: { readonly kind: 'http' | 'page' } | BlobSource): Promise<boolean>;
  /** Its address for people. */
  urlOf(place: BlobPlace): string;
  /** Versions in the order of their names, a page at a time; `continuation`: where an earlier page ended. */
  list(query: {
    readonly container: string;
    readonly prefix?: string;
    readonly continuation?: string;
    readonly limit: number;
  }): Promise<{ readonly versions: readonly BlobVersion[]; readonly continuation?: string }>;
  /** Stores bytes of a request that must outlive it. */
  keepInbox(name: string, bytes: Uint8Array): Promise<void>;
  readInbox(name: string): Promise<Buffer | undefined>;
  isInInbox(name: string): Promise<boolean>;
  removeInbox(name: string): Promise<void>;
}

export interface BlobPlace {
  readonly container: string;
  readonly name: string;
}

export interface BlobVersion extends BlobPlace {
  readonly etag: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Keys in lower case: they change case on their way through clients and hosts. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A version as a record names it. */
export interface BlobSource extends BlobPlace {
  readonly kind: 'blob';
  readonly etag: string;
  /** Epoch milliseconds, as the storage says. */
  readonly modifiedMs: number;
}

export function sourceOf(version: BlobVersion): BlobSource {
  const { container, name, etag, modifiedMs } = version;
  return { kind: 'blob', container, name, etag, modifiedMs };
}

/** Container of request bodies that wait; the timer removes what is older than `RETENTION_DAYS` says for `inbox`. */
export const INBOX_CONTAINER = 'inbox';

export function createImageStore(dependencies: { readonly blobs: BlobServiceClient }): ImageStore {
  const { blobs } = dependencies;
  const clientOf = (place: BlobPlace) => {
    const problem = blobNameProblem(place.name);
    if (problem !== undefined) throw new RangeError(`The blob name ${JSON.stringify(place.name)} ${problem}.`);
    return blobs.getContainerClient(place.container).getBlockBlobClient(place.name);
  };
  const inbox = (name: string) => clientOf({ container: INBOX_CONTAINER, name });

  async function head(place: BlobPlace): Promise<BlobVersion | undefined> {
    try {
      const properties = await clientOf(place).getProperties();
      const version: BlobVersion = {
        container: place.container,
        name: place.name,
        etag: versionIn(properties),
        bytes: properties.contentLength ?? 0,
        modifiedMs: properties.lastModified?.getTime() ?? 0,
        metadata: lowerCaseKeys(properties.metadata),
      };
      return isPlaceholder(version, properties) ? undefined : version;
    } catch (error) {
      if (isNotThere(error)) return undefined;
      const refusal = blobRefusal(error, { ...place, use: 'read' });
      // A blob with a customer's key refuses even this. A listing still shows its version, so that a record can name it.
      const listed = refusal?.scope === 'blob' ? await listedVersion(place) : undefined;
      if (listed) return listed;
      throw refusal ?? error;
    }
  }

  async function listedVersion({ container, name }: BlobPlace): Promise<BlobVersion | undefined> {
    // Of the names with this prefix, its own comes first; a page may be empty and have a continuation.
    let page: Awaited<ReturnType<ImageStore['list']>> = { versions: [] };
    do {
      const { continuation } = page;
      page = await list({ container, prefix: name, limit: 1, ...(continuation !== undefined && { continuation }) });
    } while (page.versions.length === 0 && page.continuation !== undefined);
    return page.versions.find((version) => version.name === name);
  }

  async function read(
    version: BlobVersion,
    range?: { readonly offset: number; readonly count: number },
  ): Promise<Buffer> {
    if (version.bytes === 0) return Buffer.alloc(0);
    const offset = range?.offset ?? 0;
    const count = Math.min(range?.count ?? version.bytes, version.bytes - offset);
    try {
      return await clientOf(version).downloadToBuffer(offset, count, { conditions: { ifMatch: version.etag } });
    } catch (error) {
      if (isNotThere(error) || refusalKind(error) === 'outdated')
        throw new ImageChanged(version.name, { cause: error });
      throw blobRefusal(error, { ...version, use: 'read' }) ?? error;
    }
  }

  async function readInbox(name: string): Promise<Buffer | undefined> {
    try {
      return await inbox(name).downloadToBuffer();
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw inboxRefusal(error, name, 'read');
    }
  }

  const list: ImageStore['list'] = async ({ container, prefix, continuation, limit }) => {
    const pages = blobs
      .getContainerClient(container)
      .listBlobsFlat({ includeMetadata: true, ...(prefix === undefined ? {} : { prefix }) })
      .byPage({ maxPageSize: limit, ...(continuation === undefined ? {} : { continuationToken: continuation }) });
    const { value: page } = await pages.next();
    const versions = (page?.segment.blobItems ?? []).flatMap(({ name, metadata, properties }: BlobItem) => {
      const version: BlobVersion = {
        container,
        name,
        // A listing gives it without the quotation marks that belong to it.
        etag: `"${properties.etag.replaceAll('"', '')}"`,
        bytes: properties.contentLength ?? 0,
        modifiedMs: properties.lastModified.getTime(),
        metadata: lowerCaseKeys(metadata),
      };
      return isPlaceholder(version, properties) ? [] : [version];
    });
    return { versions, ...(page?.continuationToken ? { continuation: page.continuationToken } : {}) };
  };

  return {
    head,
    read,
    list,
    isPresent: async (source) => source.kind !== 'blob' || (await head(source))?.etag === source.etag,
    urlOf: (place) => clientOf(place).url,
    keepInbox: async (name, bytes) => {
      try {
        await inbox(name).uploadData(bytes);
      } catch (error) {
        throw inboxRefusal(error, name, 'overwritten');
      }
    },
    readInbox,
    isInInbox: async (name) => await inbox(name).exists(),
    removeInbox: async (name) => {
      await inbox(name).deleteIfExists({ deleteSnapshots: 'include' });
    },
  };
}

function inboxRefusal(error: unknown, name: string, use: BlobUse): unknown {
  return blobRefusal(error, { container: INBOX_CONTAINER, name, use }) ?? error;
}

function lowerCaseKeys(metadata: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]));
}
