import { TableServiceClient } from '@azure/data-tables';
import { DefaultAzureCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Settings } from './settings.ts';

/** The clients of one storage connection; a service is `undefined` where the settings name none. */
export interface Connection {
  readonly blobs: BlobServiceClient | undefined;
  readonly queues: QueueServiceClient | undefined;
  readonly tables: TableServiceClient | undefined;
}

/**
 * Opens a storage connection by the name of its settings: a connection string, or `NAME__blobServiceUri` (or
 * `NAME__serviceUri`), `NAME__queueServiceUri` and `NAME__tableServiceUri` with `NAME__credential` and `NAME__clientId`, each also under
 * `AzureWebJobsNAME` (Functions, "Configure an identity-based connection").
 *
 * @throws Error when there is no such setting.
 */
export function openConnection(name: string, settings: Settings): Connection {
  const names = [`AzureWebJobs${name}`, name];
  for (const one of names) {
    const text = settings[one];
    if (text) {
      return {
        blobs: BlobServiceClient.fromConnectionString(text),
        queues: QueueServiceClient.fromConnectionString(text),
        tables: TableServiceClient.fromConnectionString(text, { allowInsecureConnection: true }),
      };
    }
  }
  for (const one of names) {
    const blobUri = settings[`${one}__blobServiceUri`] ?? settings[`${one}__serviceUri`];
    const queueUri = settings[`${one}__queueServiceUri`];
    const tableUri = settings[`${one}__tableServiceUri`];
    if (blobUri === undefined && queueUri === undefined) continue;
    const credential = credentialOf(one, settings);
    return {
      blobs: blobUri === undefined ? undefined : new BlobServiceClient(blobUri, credential),
      queues: queueUri === undefined ? undefined : new QueueServiceClient(queueUri, credential),
      tables: tableUri === undefined ? undefined : new TableServiceClient(tableUri, credential),
    };
  }
  throw new Error(
    `Storage account connection '${name}' does not exist: there is no setting ${name} or ${name}__blobServiceUri.`,
  );
}

/** One credential per identity: a credential does not share its tokens with another that asks at the same moment. */
const credentials = new Map<string, TokenCredential>();

function credentialOf(name: string, settings: Settings): TokenCredential {
  const clientId = settings[`${name}__clientId`];
  const isManaged = settings[`${name}__credential`]?.toLowerCase() === 'managedidentity';
  const key = `${isManaged} ${clientId}`;
  const known = credentials.get(key);
  if (known !== undefined) return known;
  const made = isManaged
    ? new ManagedIdentityCredential(clientId === undefined ? {} : { clientId })
    : new DefaultAzureCredential();
  credentials.set(key, made);
  return made;
}
