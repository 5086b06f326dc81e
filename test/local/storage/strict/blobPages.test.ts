import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endListing } from '../../../../local/storage/strict/blobPages.ts';
import { readMarker, readToken, writeMarker, writeToken } from '../../../../local/storage/strict/continuation.ts';
import { choices, endOf, useStrictStorage } from './strictStorage.ts';

const storage = useStrictStorage();
const NAMES = Array.from({ length: 30 }, (_, place) => `folder ${place % 4}/a&b <é> ${place}.png`)
  .concat(['x.png', 'y.png'])
  .toSorted();

describe('a continuation', () => {
  it('has the form of the service', () => {
    // floci-io/floci-az#85 (2026-06-25), microsoft/AzureStorageExplorer#5434 (2022-02-11).
    const marker = '2!68!MDAwMDA1IWMudHh0ITAwMDAyOCE5OTk5LTEyLTMxVDIzOjU5OjU5Ljk5OTk5OTlaIQ--';
    expect([writeMarker('c.txt'), readMarker(marker)]).toEqual([marker, 'c.txt']);
    expect([writeToken('CabQuery'), readToken('1!12!Q2FiUXVlcnk-')]).toEqual(['1!12!Q2FiUXVlcnk-', 'CabQuery']);
  });

  it('is read as it was written, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect([readMarker(writeMarker(name)), readToken(writeToken(name))]).toEqual([name, name]);
      }),
    );
  });

  it.each(['a.png', '1!4!YQ--', '2!4!YQ--', '2!5!YQ--', '1!3!YQ--', '', '2!12!MDAwMDA1IWEh'])(
    '%s is none of a blob',
    (text) => {
      expect(readMarker(text)).toBeUndefined();
    },
  );
});

describe('endListing', () => {
  const items = ['a', 'b', 'c'].map((name) => ({ name, xml: name }));

  it('ends early, or begins with an empty page, as is chosen', () => {
    expect(endListing(items, { asked: '', next: '' }, choices())).toEqual({ items, next: undefined });
    expect(endListing(items, { asked: '', next: 'c' }, choices())).toEqual({ items, next: 'c' });
    expect(endListing(items, { asked: '', next: '' }, choices(0.3, 0.6))).toEqual({
      items: items.slice(0, 2),
      next: 'b',
    });
    expect(endListing(items, { asked: '', next: '' }, choices(0))).toEqual({ items: [], next: '' });
    expect(endListing(items, { asked: 'A', next: '' }, choices(0, 0)).items).toEqual(items.slice(0, 1));
  });

  it('keeps versions of one blob together', () => {
    const versions = ['a', 'a', 'b'].map((name) => ({ name, xml: name }));
    expect(endListing(versions, { asked: '', next: '' }, choices(0.3, 0)).items).toEqual(versions.slice(0, 2));
  });
});

async function filled(): Promise<ContainerClient> {
  const container = await storage.newContainer();
  await Promise.all(NAMES.map((name) => container.getBlockBlobClient(name).upload('x', 1)));
  return container;
}

describe('a listing of blobs', () => {
  it('gives all names in order, in pages that may be short or empty', async () => {
    // Microsoft Learn, "Listing Blob storage resources", read 2026-11-30; empty pages: gaul/s3proxy#329 (2020-08-26).
    const container = await filled();
    const sizes: number[] = [];
    for (let times = 0; times < 20; times += 1) {
      const names: string[] = [];
      for await (const { segment } of container.listBlobsFlat().byPage({ maxPageSize: 10 })) {
        sizes.push(segment.blobItems.length);
        names.push(...segment.blobItems.map(({ name }) => name));
      }
      expect(names).toEqual(NAMES);
    }
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([0, 10]);
  });

  it('gives each folder once', async () => {
    const container = await filled();
    for (let times = 0; times < 20; times += 1) {
      const names: string[] = [];
      for await (const { segment } of container.listBlobsByHierarchy('/').byPage({ maxPageSize: 2 }))
        names.push(...[...(segment.blobPrefixes ?? []), ...segment.blobItems].map(({ name }) => name));
      expect(names).toEqual(['folder 0/', 'folder 1/', 'folder 2/', 'folder 3/', 'x.png', 'y.png']);
    }
  });

  it.each([
    // noobaa/noobaa-core#6270 (2020-11-18), minio/minio#4948 (2017-10-10): a name, or any other text, is no marker.
    ['the name of a blob', 'x.png'],
    ['any text', 'AAAAAAAA'],
    ['a continuation of a table', '1!4!YQ--'],
  ])('refuses %s as a marker', async (_what, continuationToken) => {
    const container = await storage.newContainer();
    const page = container.listBlobsFlat().byPage({ continuationToken }).next();
    expect(await endOf(page)).toBe('400 InvalidQueryParameterValue');
  });

  it.each([
    [5_001, 'done'],
    [0, '400 OutOfRangeQueryParameterValue'],
  ])('of pages of %i is answered as by the service', async (maxPageSize, outcome) => {
    // Microsoft Learn, "Listing Blob storage resources", read 2026-11-30: more than 5,000 is 5,000; 0 is refused.
    const { connectionString } = storage.started();
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(
      (await filled()).containerName,
    );
    expect(await endOf(container.listBlobsFlat().byPage({ maxPageSize }).next())).toBe(outcome);
  });
});

describe('a listing of containers', () => {
  it('is paged in the same way', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => storage.newContainer()));
    const blobs = BlobServiceClient.fromConnectionString(storage.started().connectionString);
    const names: string[] = [];
    for await (const { containerItems } of blobs.listContainers().byPage({ maxPageSize: 2 }))
      names.push(...containerItems.map(({ name }) => name));
    expect(names).toEqual(names.toSorted());
    expect(names).toEqual(expect.arrayContaining(made.map(({ containerName }) => containerName)));
  });
});
