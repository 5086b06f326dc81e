import { describe, expect, it } from 'vitest';
import { storageNeeds } from '../../../local/access/storageNeeds.ts';
import { readStorageCall, type StorageService } from '../../../local/storage/storageCall.ts';

/** Microsoft Learn, REST reference, "Authorize with Microsoft Entra ID": permissions for calling data operations. */

interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** `blobs/write on data/blob/images`, several ways with `or`, several needs with `; `. */
function needed(line: string, { headers = {}, body = '' }: Asked = {}): string {
  const [service = '', method = '', path = ''] = line.split(' ');
  const url = new URL(`https://127.0.0.1/account${path}`);
  const call = readStorageCall(service as StorageService, { method, url, headers });
  if (!call) throw new Error(`${line} is no call.`);
  const needs = storageNeeds(call, Buffer.from(body), 'data');
  if (!needs) return 'not listed';
  return needs
    .map(({ scope, anyOf }) => `${anyOf.map((all) => all.map(short).join(' and ')).join(' or ')} on ${scope}`)
    .join('; ');
}

function short(action: string): string {
  return action
    .replace('Microsoft.Storage/storageAccounts/', '')
    .replace(/^(?:blob|queue|table)Services\/(?=containers|queues|tables)/, '')
    .replace(/^(?:containers|queues|tables)\/(?=blobs|messages|entities)/, '');
}

describe('storageNeeds', () => {
  it.each([
    ['blob GET /?comp=list', 'containers/read on data'],
    ['blob POST /?restype=service&comp=userdelegationkey', 'blobServices/generateUserDelegationKey/action on data'],
    ['blob PUT /images?restype=container', 'containers/write on data/blob/images'],
    ['blob GET /images?restype=container', 'containers/read on data/blob/images'],
    ['blob HEAD /images?restype=container', 'containers/read on data/blob/images'],
    ['blob PUT /images?restype=container&comp=metadata', 'containers/write on data/blob/images'],
    ['blob PUT /images?restype=container&comp=lease', 'containers/write on data/blob/images'],
    ['blob GET /images?restype=container&comp=acl', 'containers/getAcl/action on data/blob/images'],
    ['blob PUT /images?restype=container&comp=acl', 'containers/setAcl/action on data/blob/images'],
    ['blob DELETE /images?restype=container', 'containers/delete on data/blob/images'],
    ['blob GET /images?restype=container&comp=list', 'blobs/read on data/blob/images'],
    [
      'blob GET /images?restype=container&comp=list&include=metadata,tags',
      'blobs/read on data/blob/images; blobs/tags/read on data/blob/images',
    ],
    ['blob GET /images/a.png', 'blobs/read on data/blob/images'],
    ['blob HEAD /images/a.png', 'blobs/read on data/blob/images'],
    ['blob PUT /images/a.png', 'blobs/write on data/blob/images'],
    ['blob PUT /images/a.png?comp=block', 'blobs/write on data/blob/images'],
    ['blob PUT /images/a.png?comp=blocklist', 'blobs/write on data/blob/images'],
    ['blob PUT /images/a.png?comp=metadata', 'blobs/write on data/blob/images'],
    ['blob PUT /images/a.png?comp=lease', 'blobs/write on data/blob/images'],
    ['blob PUT /images/a.png?comp=appendblock', 'blobs/write or blobs/add/action on data/blob/images'],
    ['blob PUT /images/a.png?comp=snapshot', 'blobs/write or blobs/add/action on data/blob/images'],
    ['blob PUT /images/a.png?comp=undelete', 'containers/write on data/blob/images'],
    ['blob GET /images/a.png?comp=tags', 'blobs/tags/read on data/blob/images'],
    ['blob PUT /images/a.png?comp=tags', 'blobs/tags/write on data/blob/images'],
    ['blob GET /images?restype=container&comp=blobs', 'blobs/filter/action on data/blob/images'],
    ['blob GET /?comp=blobs', 'blobs/filter/action on data'],
    ['blob DELETE /images/a.png', 'blobs/delete on data/blob/images'],
    ['blob DELETE /images/a.png?versionid=1', 'blobs/deleteBlobVersion/action on data/blob/images'],
    [
      'blob PUT /images/a.png?comp=immutabilityPolicies',
      'blobs/immutableStorage/runAsSuperUser/action on data/blob/images',
    ],
    ['blob PUT /images/a.png?comp=legalhold', 'containers/write on data/blob/images'],
    ['queue GET /?comp=list', 'queues/read on data'],
    ['queue PUT /due', 'queues/write on data/queue/due'],
    ['queue GET /due?comp=metadata', 'queues/read on data/queue/due'],
    ['queue DELETE /due', 'queues/delete on data/queue/due'],
    ['queue POST /due/messages', 'messages/add/action or messages/write on data/queue/due'],
    ['queue GET /due/messages', 'messages/process/action or messages/delete and messages/read on data/queue/due'],
    ['queue GET /due/messages?peekonly=true', 'messages/read on data/queue/due'],
    ['queue PUT /due/messages/1?popreceipt=a', 'messages/write on data/queue/due'],
    ['queue DELETE /due/messages/1?popreceipt=a', 'messages/process/action or messages/delete on data/queue/due'],
    ['queue DELETE /due/messages', 'messages/delete on data/queue/due'],
    ['table GET /Tables', 'tables/read on data'],
    ["table DELETE /Tables('usage')", 'tables/delete on data/table/usage'],
    ['table GET /usage()', 'entities/read on data/table/usage'],
    ["table GET /usage(PartitionKey='a',RowKey='b')", 'entities/read on data/table/usage'],
    ['table POST /usage', 'entities/write or entities/add/action on data/table/usage'],
    [
      "table PUT /usage(PartitionKey='a',RowKey='b')",
      'entities/write or entities/add/action and entities/update/action on data/table/usage',
    ],
    [
      "table PATCH /usage(PartitionKey='a',RowKey='b')",
      'entities/write or entities/add/action and entities/update/action on data/table/usage',
    ],
    ["table DELETE /usage(PartitionKey='a',RowKey='b')", 'entities/delete on data/table/usage'],
  ])('%s needs %s', (call, needs) => {
    expect(needed(call)).toBe(needs);
  });

  it.each([
    'blob POST /?comp=batch',
    'blob GET /?restype=service&comp=properties',
    'queue PUT /?restype=service&comp=properties',
    'table GET /?restype=service&comp=stats',
    'table POST /$batch',
  ])('%s is not listed: no role of data allows it, or its parts cannot be seen', (call) => {
    expect(needed(call)).toBe('not listed');
  });

  it('lets `add` do where a blob can only be made', () => {
    const headers = { 'if-none-match': '*' };
    expect(needed('blob PUT /images/a.png', { headers })).toBe('blobs/write or blobs/add/action on data/blob/images');
  });

  it('needs the right to set tags for a blob that comes with some', () => {
    const headers = { 'x-ms-tags': 'a=b' };
    expect(needed('blob PUT /images/a.png', { headers })).toBe(
      'blobs/write on data/blob/images; blobs/tags/write on data/blob/images',
    );
  });

  it('needs the right to read the source of a copy, where it is in the same account', () => {
    const from = (source: string): string =>
      needed('blob PUT /results/a.png', { headers: { 'x-ms-copy-source': source } });
    expect(from('https://127.0.0.1/account/images/a.png')).toBe(
      'blobs/write on data/blob/results; blobs/read on data/blob/images',
    );
    expect(from('https://127.0.0.1/other/images/a.png?sig=x')).toBe('blobs/write on data/blob/results');
  });

  it('needs an update where a row must be there already', () => {
    const headers = { 'if-match': '*' };
    expect(needed("table PUT /usage(PartitionKey='a',RowKey='b')", { headers })).toBe(
      'entities/write or entities/update/action on data/table/usage',
    );
  });

  it('names a new table by the body', () => {
    expect(needed('table POST /Tables', { body: '{"TableName":"usage"}' })).toBe('tables/write on data/table/usage');
  });

  it('needs for a transaction what each of its operations needs', () => {
    const part = (line: string, more = ''): string =>
      `--changeset\r\ncontent-type: application/http\r\n\r\n${line} HTTP/1.1\r\nAccept: application/json\r\n${more}\r\n\r\n{"text":"PUT /account/no HTTP/1.1"}\r\n`;
    const body = [
      part('POST https://127.0.0.1/account/usage'),
      part("PUT https://127.0.0.1/account/usage(PartitionKey='a%20b',RowKey='1')", 'If-Match: *\r\n'),
      part("DELETE https://127.0.0.1/account/usage(PartitionKey='a%20b',RowKey='2')", 'If-Match: *\r\n'),
    ].join('');
    expect(needed('table POST /$batch', { body }).split('; ')).toEqual([
      'entities/write or entities/add/action on data/table/usage',
      'entities/write or entities/update/action on data/table/usage',
      'entities/delete on data/table/usage',
    ]);
    const foreign = part('POST https://127.0.0.1/other/usage');
    expect(needed('table POST /$batch', { body: `${body}${foreign}` })).toBe('not listed');
  });
});
