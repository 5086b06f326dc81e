import type { BlobClient, BlobGetPropertiesResponse } from '@azure/storage-blob';
import { bindBlobPath } from './blobPath.ts';
import type { Connection } from './connection.ts';
import type { BlobTrigger, IndexedFunction } from './indexFunctions.ts';
import type { InvocationRequest, TypedData } from './workerProtocol.ts';

/** What stands in the internal queue for one event (azure-sdk-for-net, Storage.Blobs: BlobTriggerMessage). */
export interface BlobTriggerMessage {
  /** `Host.Functions.<name>`. */
  readonly FunctionId: string;
  readonly BlobType: string;
  readonly ContainerName: string;
  readonly BlobName: string;
  readonly ETag: string;
}

/**
 * What a blob function gets for a message, or `undefined` when the blob is gone. The blob is read anew: the message's ETag
 * is not compared, so an event that comes late runs against what is there now (BlobQueueTriggerExecutor).
 */
export async function blobInvocation(
  called: IndexedFunction<BlobTrigger>,
  message: Pick<BlobTriggerMessage, 'ContainerName' | 'BlobName'>,
  connection: Connection,
): Promise<Omit<InvocationRequest, 'invocationId'> | undefined> {
  const { connection: connectionName, isReference, path } = called.trigger;
  if (connection.blobs === undefined) throw new Error(`The connection '${connectionName}' names no blob service.`);
  const blob = connection.blobs.getContainerClient(message.ContainerName).getBlobClient(message.BlobName);
  const properties = await unlessGone(blob.getProperties());
  if (properties === undefined) return undefined;
  const data = isReference ? referenceTo(message, connectionName) : await readBytes(blob);
  if (data === undefined) return undefined;
  const place = `${message.ContainerName}/${message.BlobName}`;
  return {
    inputData: [{ name: called.bindingName, data }],
    triggerMetadata: {
      BlobTrigger: { string: place },
      Uri: { json: JSON.stringify(blob.url) },
      Properties: { json: JSON.stringify(propertiesOf(properties)) },
      Metadata: { json: JSON.stringify(properties.metadata ?? {}) },
      ...Object.fromEntries(Object.entries(bindBlobPath(path, place)).map(([name, string]) => [name, { string }])),
    },
  };
}

function referenceTo(
  message: Pick<BlobTriggerMessage, 'ContainerName' | 'BlobName'>,
  connectionName: string,
): TypedData {
  const { ContainerName, BlobName } = message;
  return {
    modelBindingData: {
      source: 'AzureStorageBlobs',
      version: '1.0',
      contentType: 'application/json',
      content: Buffer.from(JSON.stringify({ Connection: connectionName, ContainerName, BlobName })),
    },
  };
}

async function readBytes(blob: BlobClient): Promise<TypedData | undefined> {
  const bytes = await unlessGone(blob.downloadToBuffer());
  return bytes && { bytes };
}

/** As .NET writes its `BlobProperties`, with the names that current storage extensions use. */
function propertiesOf(properties: BlobGetPropertiesResponse): object {
  return {
    LastModified: properties.lastModified,
    CreatedOn: properties.createdOn,
    BlobType: properties.blobType?.replace('Blob', ''),
    ContentLength: properties.contentLength,
    ContentType: properties.contentType,
    ETag: properties.etag,
    ContentEncoding: properties.contentEncoding,
    CacheControl: properties.cacheControl,
    AccessTier: properties.accessTier,
  };
}

async function unlessGone<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}
