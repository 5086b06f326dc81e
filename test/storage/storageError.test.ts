import { describe, expect, it } from 'vitest';
import { ignoreMissing, NoVersion, statusOf, storageErrorOf, versionIn } from '../../shared/storage/storageError.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function refusals(): Promise<Record<string, () => Promise<unknown>>> {
  const container = storage.blobs().getContainerClient(await storage.container());
  const blob = container.getBlockBlobClient('page.png');
  await blob.upload('x', 1);
  const leased = container.getBlockBlobClient('leased.png');
  await leased.upload('x', 1);
  await leased.getBlobLeaseClient().acquireLease(60);
  const table = await storage.table();
  await table.createEntity({ partitionKey: 'p', rowKey: 'r' });
  const queue = await storage.queue();
  return {
    'reading a blob that is not there': () => container.getBlobClient('none').download(),
    'the head of a blob that is not there': () => container.getBlobClient('none').getProperties(),
    'a blob that is there already': () => blob.upload('y', 1, { conditions: { ifNoneMatch: '*' } }),
    'an outdated ETag': () => blob.upload('y', 1, { conditions: { ifMatch: '"0x1"' } }),
    'writing what another holds a lease of': () => leased.upload('y', 1),
    'a row that is not there': () => table.getEntity('p', 'none'),
    'a row that is there already': () => table.createEntity({ partitionKey: 'p', rowKey: 'r' }),
    'an outdated ETag of a row': () =>
      table.updateEntity({ partitionKey: 'p', rowKey: 'r' }, 'Replace', { etag: 'W/"datetime\'2020\'"' }),
    'a transaction of one row twice': () =>
      table.submitTransaction([
        ['upsert', { partitionKey: 'p', rowKey: 'a' }],
        ['upsert', { partitionKey: 'p', rowKey: 'a' }],
      ]),
    'a receipt of no message': () => queue.deleteMessage('a5c2b0d1-2e0b-4d4c-8f4e-0a6f0d7f3f11', 'x'),
  };
}

describe('storageErrorOf', () => {
  it.each([
    ['reading a blob that is not there', 404, 'BlobNotFound'],
    ['the head of a blob that is not there', 404, 'BlobNotFound'],
    ['a blob that is there already', 409, 'BlobAlreadyExists'],
    ['an outdated ETag', 412, 'ConditionNotMet'],
    ['writing what another holds a lease of', 412, 'LeaseIdMissing'],
    ['a row that is not there', 404, 'ResourceNotFound'],
    ['a row that is there already', 409, 'EntityAlreadyExists'],
    ['an outdated ETag of a row', 412, 'UpdateConditionNotSatisfied'],
    ['a transaction of one row twice', 400, 'InvalidDuplicateRow'],
    ['a receipt of no message', 404, 'MessageNotFound'],
  ])('names the reason of %s', async (what, status, code) => {
    const error = await caught((await refusals())[what]?.() ?? Promise.resolve());
    expect(storageErrorOf(error)).toEqual({ status, code });
  });

  it.each([
    ['an error of ours', new Error('no')],
    ['a broken connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['nothing', undefined],
  ])('is undefined for %s', (_what, error) => {
    expect(storageErrorOf(error)).toBeUndefined();
  });

  it('knows no code where the answer has none', () => {
    const error = { statusCode: 502, code: 'REST_ERROR', response: { headers: { get: () => undefined } } };
    expect(storageErrorOf(error)).toEqual({ status: 502, code: undefined });
  });
});

describe('versionIn', () => {
  it('is the ETag of an answer', () => {
    expect(versionIn({ etag: '"0x1"' })).toBe('"0x1"');
  });

  it.each([undefined, ''])(
    'refuses an answer whose ETag is %j, for nothing can be written on condition of it',
    (etag) => {
      expect(() => versionIn({ etag })).toThrow(NoVersion);
    },
  );
});

describe('statusOf', () => {
  it('is the status alone', () => {
    expect(statusOf({ statusCode: 412, code: 'ConditionNotMet' })).toBe(412);
  });
});

describe('ignoreMissing', () => {
  it('passes over a 404 and nothing else', () => {
    expect(() => ignoreMissing({ statusCode: 404 })).not.toThrow();
    expect(() => ignoreMissing({ statusCode: 409 })).toThrow();
    expect(() => ignoreMissing(new Error('no'))).toThrow('no');
  });
});
