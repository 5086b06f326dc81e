import { readStorageCall, type StorageCall, type StorageOperation } from '../storage/storageCall.ts';
import { readBatch } from '../storage/strict/tableBatch.ts';
import type { Need, Scope } from './isGranted.ts';

const ACCOUNT = 'Microsoft.Storage/storageAccounts';
const CONTAINERS = `${ACCOUNT}/blobServices/containers`;
const BLOBS = `${CONTAINERS}/blobs`;
const QUEUES = `${ACCOUNT}/queueServices/queues`;
const MESSAGES = `${QUEUES}/messages`;
const TABLES = `${ACCOUNT}/tableServices/tables`;
const ENTITIES = `${TABLES}/entities`;

type Actions = Need['anyOf'];
const one = (action: string): Actions => [[action]];

const INSERT: Actions = [[`${ENTITIES}/write`], [`${ENTITIES}/add/action`]];
const UPDATE: Actions = [[`${ENTITIES}/write`], [`${ENTITIES}/update/action`]];
const UPSERT: Actions = [[`${ENTITIES}/write`], [`${ENTITIES}/add/action`, `${ENTITIES}/update/action`]];
const ADD_OR_WRITE: Actions = [[`${BLOBS}/write`], [`${BLOBS}/add/action`]];

/** On the container, queue or table that the call names. */
const ON_RESOURCE: Partial<Record<StorageOperation, Actions>> = {
  CreateContainer: one(`${CONTAINERS}/write`),
  GetContainerProperties: one(`${CONTAINERS}/read`),
  SetContainerMetadata: one(`${CONTAINERS}/write`),
  LeaseContainer: one(`${CONTAINERS}/write`),
  RestoreContainer: one(`${CONTAINERS}/write`),
  DeleteContainer: one(`${CONTAINERS}/delete`),
  GetBlob: one(`${BLOBS}/read`),
  GetBlobProperties: one(`${BLOBS}/read`),
  GetBlobMetadata: one(`${BLOBS}/read`),
  GetBlockList: one(`${BLOBS}/read`),
  GetPageRanges: one(`${BLOBS}/read`),
  QueryBlobContents: one(`${BLOBS}/read`),
  PutBlock: one(`${BLOBS}/write`),
  PutBlockList: one(`${BLOBS}/write`),
  PutPage: one(`${BLOBS}/write`),
  SetBlobProperties: one(`${BLOBS}/write`),
  SetBlobMetadata: one(`${BLOBS}/write`),
  SetBlobTier: one(`${BLOBS}/write`),
  LeaseBlob: one(`${BLOBS}/write`),
  AbortCopyBlob: one(`${BLOBS}/write`),
  SealAppendBlob: one(`${BLOBS}/write`),
  AppendBlock: ADD_OR_WRITE,
  SnapshotBlob: ADD_OR_WRITE,
  GetBlobTags: one(`${BLOBS}/tags/read`),
  SetBlobTags: one(`${BLOBS}/tags/write`),
  UndeleteBlob: one(`${CONTAINERS}/write`),
  CreateQueue: one(`${QUEUES}/write`),
  GetQueueMetadata: one(`${QUEUES}/read`),
  SetQueueMetadata: one(`${QUEUES}/write`),
  DeleteQueue: one(`${QUEUES}/delete`),
  PutMessage: [[`${MESSAGES}/add/action`], [`${MESSAGES}/write`]],
  GetMessages: [[`${MESSAGES}/process/action`], [`${MESSAGES}/delete`, `${MESSAGES}/read`]],
  PeekMessages: one(`${MESSAGES}/read`),
  UpdateMessage: one(`${MESSAGES}/write`),
  DeleteMessage: [[`${MESSAGES}/process/action`], [`${MESSAGES}/delete`]],
  ClearMessages: one(`${MESSAGES}/delete`),
  DeleteTable: one(`${TABLES}/delete`),
  QueryEntities: one(`${ENTITIES}/read`),
  GetEntity: one(`${ENTITIES}/read`),
  InsertEntity: INSERT,
  UpdateEntity: UPDATE,
  MergeEntity: UPDATE,
  InsertOrReplaceEntity: UPSERT,
  InsertOrMergeEntity: UPSERT,
  DeleteEntity: one(`${ENTITIES}/delete`),
};

/** On the account: a role on one container, queue or table is not enough. */
const ON_ACCOUNT: Partial<Record<StorageOperation, Actions>> = {
  ListContainers: one(`${CONTAINERS}/read`),
  GetUserDelegationKey: one(`${ACCOUNT}/blobServices/generateUserDelegationKey/action`),
  ListQueues: one(`${QUEUES}/read`),
  QueryTables: one(`${TABLES}/read`),
};

/**
 * What a call to the storage needs of its caller's roles (Microsoft Learn, REST reference, "Authorize with Microsoft Entra
 * ID": permissions for calling data operations; read on 2026-11-30).
 *
 * @param body of a call to a table; a transaction needs what each of its operations needs
 * @param account the account of the call as a scope
 * @returns undefined for what the page does not list or this function cannot judge: it is to be refused
 */
export function storageNeeds(call: StorageCall, body: Buffer, account: Scope): readonly Need[] | undefined {
  const { operation, service, resource } = call;
  const onResource = (anyOf: Actions): Need => ({ scope: `${account}/${service}/${resource}`, anyOf });
  const onAccount = ON_ACCOUNT[operation];
  if (onAccount) return [{ scope: account, anyOf: onAccount }];
  switch (operation) {
    case 'EntityGroupTransaction':
      return needsOfTransaction(call, body, account);
    case 'CreateTable':
      return [{ scope: `${account}/table/${newTable(body)}`, anyOf: one(`${TABLES}/write`) }];
    case 'ContainerAcl':
      return [onResource(one(`${CONTAINERS}/${aclAction(call)}`))];
    case 'QueueAcl':
      return [onResource(one(`${QUEUES}/${aclAction(call)}`))];
    case 'TableAcl':
      return [onResource(one(`${TABLES}/${aclAction(call)}`))];
    case 'FindBlobsByTags':
      return [
        { scope: resource === '' ? account : `${account}/blob/${resource}`, anyOf: one(`${BLOBS}/filter/action`) },
      ];
    case 'PutBlob':
      return [onResource(putActions(call)), ...tagsNeed(call, onResource)];
    case 'CopyBlob':
      return copyNeeds(call, account, onResource);
    case 'BlobImmutability':
      return [onResource(one(immutabilityAction(call)))];
    case 'DeleteBlob':
      return [
        onResource(
          one(call.url.searchParams.has('versionid') ? `${BLOBS}/deleteBlobVersion/action` : `${BLOBS}/delete`),
        ),
      ];
    case 'ListBlobs':
      return [onResource(one(`${BLOBS}/read`)), ...(listsTags(call) ? [onResource(one(`${BLOBS}/tags/read`))] : [])];
    default: {
      const anyOf = ON_RESOURCE[operation];
      return anyOf && [onResource(anyOf), ...tagsNeed(call, onResource)];
    }
  }
}

type OnResource = (anyOf: Actions) => Need;

/** `add` lets a caller make a blob and change none: it is enough where the call can only make one. */
function putActions({ headers }: StorageCall): Actions {
  return headers['if-none-match'] === '*' ? ADD_OR_WRITE : one(`${BLOBS}/write`);
}

function tagsNeed({ service, headers }: StorageCall, onResource: OnResource): readonly Need[] {
  return service === 'blob' && headers['x-ms-tags'] !== undefined ? [onResource(one(`${BLOBS}/tags/write`))] : [];
}

function listsTags({ url }: StorageCall): boolean {
  return (url.searchParams.get('include') ?? '').split(',').includes('tags');
}

/** A source in another account is read with a signature of its own, which is not looked at here. */
function copyNeeds(call: StorageCall, scope: Scope, onResource: OnResource): readonly Need[] {
  const source = new URL(String(call.headers['x-ms-copy-source']), call.url);
  const [, account, container] = source.pathname.split('/');
  const isInside = source.host === call.url.host && account === call.account;
  const read: Need = { scope: `${scope}/blob/${container}`, anyOf: one(`${BLOBS}/read`) };
  return [onResource(putActions(call)), ...(isInside ? [read] : []), ...tagsNeed(call, onResource)];
}

function aclAction({ method }: StorageCall): string {
  return method === 'PUT' ? 'setAcl/action' : 'getAcl/action';
}

function immutabilityAction({ url }: StorageCall): string {
  const isHold = url.searchParams.get('comp') === 'legalhold';
  return isHold ? `${CONTAINERS}/write` : `${BLOBS}/immutableStorage/runAsSuperUser/action`;
}

function newTable(body: Buffer): string {
  return /"TableName"\s*:\s*"([^"]*)"/.exec(body.toString('utf8'))?.[1] ?? '';
}

/** Each operation begins with its own request line, followed by its headers (Table service, "Performing entity group transactions"). */
function needsOfTransaction(call: StorageCall, body: Buffer, account: Scope): readonly Need[] | undefined {
  const needs: Need[] = [];
  for (const { method, address, headers } of readBatch(body)) {
    const inner = readStorageCall('table', { method, url: new URL(address, call.url), headers });
    if (inner?.account !== call.account || inner.operation === 'EntityGroupTransaction') return undefined;
    const own = storageNeeds(inner, Buffer.alloc(0), account);
    if (!own) return undefined;
    needs.push(...own);
  }
  return needs.length > 0 ? needs : undefined;
}
