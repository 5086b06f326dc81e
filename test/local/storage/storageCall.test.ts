import { describe, expect, it } from 'vitest';
import { readStorageCall, type StorageService } from '../../../local/storage/storageCall.ts';

const read = (service: StorageService, line: string, headers: Record<string, string> = {}) => {
  const [method = '', path = ''] = line.split(' ');
  const call = readStorageCall(service, { method, url: new URL(path, 'http://127.0.0.1:10000'), headers });
  return call && [call.operation, call.resource, call.item];
};

describe('readStorageCall', () => {
  it.each([
    ['GET /a?comp=list', ['ListContainers', '', '']],
    ['PUT /a/images?restype=container', ['CreateContainer', 'images', '']],
    ['GET /a/images?restype=container&comp=list&prefix=x', ['ListBlobs', 'images', '']],
    ['PUT /a/images/a%20b/%C3%BC.png', ['PutBlob', 'images', 'a b/ü.png']],
    ['HEAD /a/images/a.png', ['GetBlobProperties', 'images', 'a.png']],
    ['GET /a/images/a.png', ['GetBlob', 'images', 'a.png']],
    ['PUT /a/images/a.png?comp=block&blockid=x', ['PutBlock', 'images', 'a.png']],
    ['PUT /a/images/a.png?comp=blocklist', ['PutBlockList', 'images', 'a.png']],
    ['PUT /a/images/a.png?comp=tier', ['SetBlobTier', 'images', 'a.png']],
    ['DELETE /a/images/a.png', ['DeleteBlob', 'images', 'a.png']],
  ])('names the operation of a request for blobs: %s', (line, expected) => {
    expect(read('blob', line)).toEqual(expected);
  });

  it('distinguishes a copy from an upload by its source', () => {
    expect(read('blob', 'PUT /a/images/b.png', { 'x-ms-copy-source': 'http://x/a.png' })?.[0]).toBe('CopyBlob');
  });

  it.each([
    ['GET /a?comp=list', ['ListQueues', '', '']],
    ['PUT /a/due', ['CreateQueue', 'due', '']],
    ['GET /a/due?comp=metadata', ['GetQueueMetadata', 'due', '']],
    ['POST /a/due/messages?visibilitytimeout=3', ['PutMessage', 'due', '']],
    ['GET /a/due/messages?numofmessages=2', ['GetMessages', 'due', '']],
    ['GET /a/due/messages?peekonly=true', ['PeekMessages', 'due', '']],
    ['PUT /a/due/messages/7f?popreceipt=x', ['UpdateMessage', 'due', '7f']],
    ['DELETE /a/due/messages/7f?popreceipt=x', ['DeleteMessage', 'due', '7f']],
    ['DELETE /a/due/messages', ['ClearMessages', 'due', '']],
  ])('names the operation of a request for queues: %s', (line, expected) => {
    expect(read('queue', line)).toEqual(expected);
  });

  it.each([
    ['POST /a/Tables', {}, ['CreateTable', '', '']],
    ["DELETE /a/Tables('rows')", {}, ['DeleteTable', 'rows', '']],
    ['GET /a/rows()?$top=5', {}, ['QueryEntities', 'rows', '']],
    ["GET /a/rows(PartitionKey='p',RowKey='r')", {}, ['GetEntity', 'rows', "PartitionKey='p',RowKey='r'"]],
    ['POST /a/rows', {}, ['InsertEntity', 'rows', '']],
    [
      "PUT /a/rows(PartitionKey='p',RowKey='r')",
      { 'if-match': '*' },
      ['UpdateEntity', 'rows', "PartitionKey='p',RowKey='r'"],
    ],
    ["PUT /a/rows(PartitionKey='p',RowKey='r')", {}, ['InsertOrReplaceEntity', 'rows', "PartitionKey='p',RowKey='r'"]],
    ["PATCH /a/rows(PartitionKey='p',RowKey='r')", {}, ['InsertOrMergeEntity', 'rows', "PartitionKey='p',RowKey='r'"]],
    [
      "DELETE /a/rows(PartitionKey='p',RowKey='r')",
      { 'if-match': '*' },
      ['DeleteEntity', 'rows', "PartitionKey='p',RowKey='r'"],
    ],
    ['POST /a/$batch', {}, ['EntityGroupTransaction', '', '']],
  ] as const)('names the operation of a request for tables: %s', (line, headers, expected) => {
    expect(read('table', line, headers)).toEqual(expected);
  });

  it('is undefined where no operation has such a request', () => {
    expect(read('blob', 'PATCH /a/images/a.png')).toBeUndefined();
    expect(read('blob', 'GET /')).toBeUndefined();
  });
});
