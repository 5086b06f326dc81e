import type { StorageCall } from './storageCall.ts';

/** One event of Event Grid's own schema (Azure Blob Storage as an Event Grid source, "Microsoft.Storage.BlobCreated"). */
export interface BlobEvent {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: 'Microsoft.Storage.BlobCreated';
  readonly eventTime: string;
  readonly data: {
    readonly api: BlobWrite['api'];
    readonly requestId: string;
    readonly clientRequestId?: string;
    /** Without the quotes that the header has. */
    readonly eTag: string;
    readonly contentType: string;
    readonly contentLength: number;
    readonly blobType: string;
    readonly url: string;
    /** Grows with each write; compared as text. */
    readonly sequencer: string;
  };
  readonly dataVersion: '';
  readonly metadataVersion: '1';
}

/** A request that wrote a whole blob, judged by the request and its response. */
interface BlobWrite {
  readonly api: 'PutBlob' | 'PutBlockList' | 'CopyBlob';
  readonly account: string;
  readonly container: string;
  readonly blobName: string;
}

/**
 * Which write a call to the blob service was, once answered; `undefined` for anything that raises no event: reads, deletes,
 * containers, single blocks, metadata, tags, leases, refused writes.
 */
export function readBlobWrite(call: StorageCall, status: number): BlobWrite | undefined {
  const { operation, account, resource: container, item: blobName } = call;
  if (operation === 'CopyBlob' && (status === 201 || status === 202)) {
    return { api: status === 202 ? 'CopyBlob' : 'PutBlob', account, container, blobName };
  }
  if ((operation !== 'PutBlob' && operation !== 'PutBlockList') || status !== 201) return undefined;
  return { api: operation, account, container, blobName };
}

export function makeBlobEvent(
  write: BlobWrite,
  seen: {
    readonly id: string;
    readonly atMs: number;
    readonly sequence: number;
    readonly url: string;
    readonly requestId: string;
    readonly clientRequestId: string | undefined;
    readonly eTag: string;
    readonly contentType: string;
    readonly contentLength: number;
    readonly blobType: string;
  },
): BlobEvent {
  return {
    id: seen.id,
    topic: `/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/${write.account}`,
    subject: `/blobServices/default/containers/${write.container}/blobs/${write.blobName}`,
    eventType: 'Microsoft.Storage.BlobCreated',
    eventTime: new Date(seen.atMs).toISOString(),
    data: {
      api: write.api,
      requestId: seen.requestId,
      ...(seen.clientRequestId !== undefined && { clientRequestId: seen.clientRequestId }),
      eTag: seen.eTag.replaceAll('"', ''),
      contentType: seen.contentType,
      contentLength: seen.contentLength,
      blobType: seen.blobType,
      url: seen.url,
      sequencer: seen.sequence.toString(16).padStart(32, '0').toUpperCase(),
    },
    dataVersion: '',
    metadataVersion: '1',
  };
}
