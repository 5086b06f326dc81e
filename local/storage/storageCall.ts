import type { IncomingHttpHeaders } from 'node:http';

export type StorageService = 'blob' | 'queue' | 'table';

/** A request to a storage service, by the name that the service's REST reference gives to the operation. */
export interface StorageCall {
  readonly service: StorageService;
  readonly operation: StorageOperation;
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly account: string;
  /** The container, queue or table; empty for calls about the account. */
  readonly resource: string;
  /** The blob's name, the message's id, or the keys of an entity as they stand in the address; empty for anything else. */
  readonly item: string;
}

export type StorageOperation = BlobOperation | QueueOperation | TableOperation;

export type BlobOperation =
  | 'ListContainers'
  | 'BlobService'
  | 'GetUserDelegationKey'
  | 'BlobBatch'
  | 'CreateContainer'
  | 'GetContainerProperties'
  | 'SetContainerMetadata'
  | 'ContainerAcl'
  | 'LeaseContainer'
  | 'RestoreContainer'
  | 'DeleteContainer'
  | 'ListBlobs'
  | 'FindBlobsByTags'
  | 'PutBlob'
  | 'PutBlock'
  | 'PutBlockList'
  | 'GetBlockList'
  | 'AppendBlock'
  | 'SealAppendBlob'
  | 'PutPage'
  | 'GetPageRanges'
  | 'CopyBlob'
  | 'AbortCopyBlob'
  | 'GetBlob'
  | 'QueryBlobContents'
  | 'GetBlobProperties'
  | 'GetBlobMetadata'
  | 'SetBlobProperties'
  | 'SetBlobMetadata'
  | 'GetBlobTags'
  | 'SetBlobTags'
  | 'SetBlobTier'
  | 'LeaseBlob'
  | 'SnapshotBlob'
  | 'DeleteBlob'
  | 'UndeleteBlob'
  | 'BlobImmutability';

type QueueOperation =
  | 'ListQueues'
  | 'QueueService'
  | 'CreateQueue'
  | 'GetQueueMetadata'
  | 'SetQueueMetadata'
  | 'QueueAcl'
  | 'DeleteQueue'
  | 'PutMessage'
  | 'GetMessages'
  | 'PeekMessages'
  | 'UpdateMessage'
  | 'DeleteMessage'
  | 'ClearMessages';

type TableOperation =
  | 'TableService'
  | 'QueryTables'
  | 'CreateTable'
  | 'DeleteTable'
  | 'TableAcl'
  | 'QueryEntities'
  | 'GetEntity'
  | 'InsertEntity'
  | 'UpdateEntity'
  | 'MergeEntity'
  | 'InsertOrReplaceEntity'
  | 'InsertOrMergeEntity'
  | 'DeleteEntity'
  | 'EntityGroupTransaction';

/**
 * What a request to the emulated account asks for. Addresses are those of the emulator: the account is the first segment of
 * the path (Azurite, README, "IP-style URL").
 *
 * @returns undefined for a path without an account, or a combination of method and parameters that no operation has
 * @example
 * readStorageCall('table', { method: 'GET', url, headers })
 * // { operation: 'QueryEntities', account: 'devstoreaccount1', resource: 'analyses', item: '', ... }
 */
export function readStorageCall(
  service: StorageService,
  asked: { readonly method: string; readonly url: URL; readonly headers: IncomingHttpHeaders },
): StorageCall | undefined {
  const [account = '', resource = '', ...rest] = asked.url.pathname.slice(1).split('/').map(decoded);
  if (account === '') return undefined;
  const place = { account, resource, item: rest.join('/') };
  const named = { blob: blobCall, queue: queueCall, table: tableCall }[service](asked, place);
  return named && { service, ...asked, ...place, ...named };
}

type Asked = Parameters<typeof readStorageCall>[1];
type Place = Pick<StorageCall, 'account' | 'resource' | 'item'>;
type Named = Partial<Place> & { readonly operation: StorageOperation };

/** The request by method and `comp`: `GET list`, `PUT `. */
function shapeOf({ method, url }: Asked): string {
  return `${method} ${url.searchParams.get('comp') ?? ''}`;
}

const ACCOUNT_OF_BLOBS: Readonly<Record<string, BlobOperation>> = {
  'GET list': 'ListContainers',
  'GET properties': 'BlobService',
  'PUT properties': 'BlobService',
  'GET stats': 'BlobService',
  'POST userdelegationkey': 'GetUserDelegationKey',
  'POST batch': 'BlobBatch',
  'GET blobs': 'FindBlobsByTags',
};

const CONTAINER: Readonly<Record<string, BlobOperation>> = {
  'PUT ': 'CreateContainer',
  'GET ': 'GetContainerProperties',
  'HEAD ': 'GetContainerProperties',
  'DELETE ': 'DeleteContainer',
  'GET list': 'ListBlobs',
  'PUT metadata': 'SetContainerMetadata',
  'GET metadata': 'GetContainerProperties',
  'HEAD metadata': 'GetContainerProperties',
  'GET acl': 'ContainerAcl',
  'HEAD acl': 'ContainerAcl',
  'PUT acl': 'ContainerAcl',
  'PUT lease': 'LeaseContainer',
  'PUT undelete': 'RestoreContainer',
  'POST batch': 'BlobBatch',
  'GET blobs': 'FindBlobsByTags',
};

const BLOB: Readonly<Record<string, BlobOperation>> = {
  'GET ': 'GetBlob',
  'HEAD ': 'GetBlobProperties',
  'PUT ': 'PutBlob',
  'DELETE ': 'DeleteBlob',
  'PUT block': 'PutBlock',
  'PUT blocklist': 'PutBlockList',
  'GET blocklist': 'GetBlockList',
  'PUT appendblock': 'AppendBlock',
  'PUT seal': 'SealAppendBlob',
  'PUT page': 'PutPage',
  'GET pagelist': 'GetPageRanges',
  'PUT copy': 'AbortCopyBlob',
  'POST query': 'QueryBlobContents',
  'GET metadata': 'GetBlobMetadata',
  'HEAD metadata': 'GetBlobMetadata',
  'PUT metadata': 'SetBlobMetadata',
  'PUT properties': 'SetBlobProperties',
  'GET tags': 'GetBlobTags',
  'PUT tags': 'SetBlobTags',
  'PUT tier': 'SetBlobTier',
  'PUT lease': 'LeaseBlob',
  'PUT snapshot': 'SnapshotBlob',
  'PUT undelete': 'UndeleteBlob',
  'PUT immutabilityPolicies': 'BlobImmutability',
  'DELETE immutabilityPolicies': 'BlobImmutability',
  'PUT legalhold': 'BlobImmutability',
};

function blobCall(asked: Asked, place: Place): Named | undefined {
  const shape = shapeOf(asked);
  const isAboutContainer = asked.url.searchParams.get('restype') === 'container';
  // A blob of the root container has no container in its address; Argus has none, and neither has its emulated account.
  const operation = place.resource === '' ? ACCOUNT_OF_BLOBS[shape] : (isAboutContainer ? CONTAINER : BLOB)[shape];
  if (operation === 'PutBlob' && asked.headers['x-ms-copy-source'] !== undefined) return { operation: 'CopyBlob' };
  if (place.resource === '' && asked.url.searchParams.get('restype') === 'account') return { operation: 'BlobService' };
  return operation && { operation };
}

const QUEUE: Readonly<Record<string, QueueOperation>> = {
  'PUT ': 'CreateQueue',
  'DELETE ': 'DeleteQueue',
  'GET metadata': 'GetQueueMetadata',
  'HEAD metadata': 'GetQueueMetadata',
  'PUT metadata': 'SetQueueMetadata',
  'GET acl': 'QueueAcl',
  'HEAD acl': 'QueueAcl',
  'PUT acl': 'QueueAcl',
};

const MESSAGES: Readonly<Record<string, QueueOperation>> = {
  POST: 'PutMessage',
  GET: 'GetMessages',
  PUT: 'UpdateMessage',
  DELETE: 'DeleteMessage',
};

function queueCall(asked: Asked, { resource, item }: Place): Named | undefined {
  if (resource === '') return { operation: shapeOf(asked) === 'GET list' ? 'ListQueues' : 'QueueService' };
  if (!/^messages(?:\/|$)/.test(item)) {
    const operation = QUEUE[shapeOf(asked)];
    return operation && { operation };
  }
  const id = item.slice('messages/'.length);
  const operation = MESSAGES[asked.method];
  if (operation === 'GetMessages' && asked.url.searchParams.get('peekonly') === 'true')
    return { operation: 'PeekMessages', item: id };
  if (operation === 'DeleteMessage' && id === '') return { operation: 'ClearMessages', item: id };
  return operation && { operation, item: id };
}

const ENTITY: Readonly<Record<string, TableOperation>> = {
  GET: 'GetEntity',
  PUT: 'UpdateEntity',
  PATCH: 'MergeEntity',
  MERGE: 'MergeEntity',
  DELETE: 'DeleteEntity',
};

/** `analyses(PartitionKey='a',RowKey='b')`, `analyses()`, `analyses`, `Tables('analyses')`, `Tables`, `$batch`. */
function tableCall(asked: Asked, place: Place): Named | undefined {
  const { method, url, headers } = asked;
  const path = place.item === '' ? place.resource : `${place.resource}/${place.item}`;
  const [, name = '', keys] = /^([^(]*)(?:\((.*)\))?$/s.exec(path) ?? [];
  const comp = url.searchParams.get('comp');
  if (name === '') return { operation: 'TableService' };
  if (name === '$batch') return method === 'POST' ? { operation: 'EntityGroupTransaction', resource: '' } : undefined;
  if (name === 'Tables') {
    const table = (keys ?? '').slice(1, -1);
    if (method === 'POST') return { operation: 'CreateTable', resource: table };
    if (method === 'DELETE') return { operation: 'DeleteTable', resource: table };
    return method === 'GET' ? { operation: 'QueryTables', resource: table } : undefined;
  }
  if (comp === 'acl') return { operation: 'TableAcl', resource: name };
  if (method === 'POST') return { operation: 'InsertEntity', resource: name, item: '' };
  if (keys === undefined || keys === '')
    return method === 'GET' ? { operation: 'QueryEntities', resource: name, item: '' } : undefined;
  const operation = ENTITY[method];
  // Without a condition, replacing and merging also insert (Table service, "Insert Or Replace Entity").
  if (headers['if-match'] === undefined && operation === 'UpdateEntity')
    return { operation: 'InsertOrReplaceEntity', resource: name, item: keys };
  if (headers['if-match'] === undefined && operation === 'MergeEntity')
    return { operation: 'InsertOrMergeEntity', resource: name, item: keys };
  return operation && { operation, resource: name, item: keys };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
