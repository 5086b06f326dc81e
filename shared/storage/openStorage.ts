import type { TableClient, TableServiceClientOptions } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';

/** What gives tokens for the identity. */
interface TokenCredential {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** An account: by its connection string, or by an address for each service, reached with an identity. */
export type StorageAddress =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      readonly blobServiceUri: string;
      readonly queueServiceUri: string;
      readonly tableServiceUri: string;
    };

export interface StorageClients {
  readonly blobs: BlobServiceClient;
  readonly queue: (name: string) => QueueClient;
  /** @param retryOptions where a caller cannot wait as long as the client's own retries */
  readonly table: (name: string, retryOptions?: TableServiceClientOptions['retryOptions']) => TableClient;
}

/**
 * The API version that Blob and Queue requests name (`x-ms-version`). A client's own is newer than some region's service
 * now and then, and every call is 400 InvalidHeaderValue there (Azure/azure-sdk-for-net 45302). This one was "the latest
 * fully deployed version" on 2026-03-19 (Learn, Versioning for Azure Storage); a service takes every earlier version too.
 * The client of Table storage names 2019-02-02 by itself.
 */
export const STORAGE_API_VERSION = '2026-02-06';

/**
 * The clients of an account. Here alone they are made, so that no request names another version. No I/O; the libraries are
 * loaded when this is called, for registering the functions must not wait for them.
 */
export async function openStorage(address: StorageAddress, credential: TokenCredential): Promise<StorageClients> {
  const [{ BlobServiceClient, newPipeline }, { QueueServiceClient }, { TableClient }] = await Promise.all([
    import('@azure/storage-blob'),
    import('@azure/storage-queue'),
    import('@azure/data-tables'),
  ]);
  // The client of blobs takes its version as a constant, so the header is written again before a request is signed.
  const pinned = (client: BlobServiceClient): BlobServiceClient => {
    const pipeline = newPipeline(client.credential);
    pipeline.factories.push({
      create: (next) => ({ sendRequest: (request) => next.sendRequest(withVersion(request)) }),
    });
    return new BlobServiceClient(client.url, pipeline);
  };
  // The client of queues has an option for it that its types do not name. A test looks at what both send.
  const queueOptions: object = { version: STORAGE_API_VERSION };
  if (address.kind === 'connectionString') {
    const { connectionString } = address;
    const queues = QueueServiceClient.fromConnectionString(connectionString, queueOptions);
    return {
      blobs: pinned(BlobServiceClient.fromConnectionString(connectionString)),
      queue: (name) => queues.getQueueClient(name),
      table: (name, retryOptions = {}) =>
        TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true, retryOptions }),
    };
  }
  const queues = new QueueServiceClient(address.queueServiceUri, credential, queueOptions);
  return {
    blobs: pinned(new BlobServiceClient(address.blobServiceUri, credential)),
    queue: (name) => queues.getQueueClient(name),
    table: (name, retryOptions = {}) => new TableClient(address.tableServiceUri, name, credential, { retryOptions }),
  };
}

function withVersion<Request extends { readonly headers: { set(name: string, value: string): void } }>(
  request: Request,
): Request {
  request.headers.set('x-ms-version', STORAGE_API_VERSION);
  return request;
}
