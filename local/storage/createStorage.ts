import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';

/** What a template makes in a storage account before the app starts. */
export interface StorageNames {
  readonly containers: readonly string[];
  readonly queues: readonly string[];
  readonly tables: readonly string[];
}

/** Makes containers, queues and tables; those that are there already stay as they are. */
export async function createStorage(
  names: StorageNames,
  account: { readonly connectionString: string; readonly certificate: string | undefined },
): Promise<void> {
  const { connectionString } = account;
  const blobs = BlobServiceClient.fromConnectionString(connectionString, trusting(account.certificate));
  const queues = QueueServiceClient.fromConnectionString(connectionString, trusting(account.certificate));
  const tables = TableServiceClient.fromConnectionString(connectionString, {
    ...trusting(account.certificate),
    allowInsecureConnection: true,
  });
  await Promise.all([
    ...names.containers.map((name) => blobs.getContainerClient(name).createIfNotExists()),
    ...names.queues.map((name) => queues.getQueueClient(name).createIfNotExists()),
    ...names.tables.map((name) => tables.createTable(name)),
  ]);
}

/**
 * Options for a storage client that trusts a certificate which signed itself. The clients' types leave out `tlsOptions`,
 * which their pipeline takes; the one option that they know makes TypeScript look at the object as theirs.
 */
export function trusting(certificate: string | undefined): {
  readonly retryOptions: object;
  readonly tlsOptions: { readonly ca?: string };
} {
  return { retryOptions: {}, tlsOptions: certificate === undefined ? {} : { ca: certificate } };
}
