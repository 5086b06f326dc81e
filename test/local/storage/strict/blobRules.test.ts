import { request } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobRules, hasImpossibleCharacter } from '../../../../local/storage/strict/blobRules.ts';
import { endOf, useStrictStorage } from './strictStorage.ts';

const storage = useStrictStorage(blobRules);
const images = () => storage.blobs().getContainerClient('images');
const put = (name: string, metadata: Record<string, string> = {}): Promise<unknown> =>
  images().getBlockBlobClient(name).upload('x', 1, { metadata });

beforeAll(() => images().create());

// Learn, "Naming and referencing containers, blobs, and metadata" (2026-11): 1 to 1,024 characters, 254 segments, else 400.
// Azure/Azurite 398 (2020-02-12) and Azure/azure-powershell 16628 (2021-12-14): OutOfRangeInput, for every call.
describe('the name of a blob', () => {
  it.each([
    ['1,024 characters', 'a'.repeat(1_024), 'done'],
    ['1,025 characters', 'a'.repeat(1_025), '400 OutOfRangeInput'],
    ['512 characters of two units each', '😊'.repeat(512), 'done'],
    ['513 characters of two units each', '😊'.repeat(513), '400 OutOfRangeInput'],
    ['254 segments', Array.from({ length: 254 }, () => 'a').join('/'), 'done'],
    ['255 segments', Array.from({ length: 255 }, () => 'a').join('/'), '400 OutOfRangeInput'],
  ])('of %s ends as on Azure', async (_what, name, end) => {
    expect(await endOf(put(name))).toBe(end);
  });

  it('is refused by reads and deletions too, where Azurite says that there is none', async () => {
    const blob = images().getBlobClient('a'.repeat(1_025));
    expect(await endOf(blob.getProperties())).toBe('400 OutOfRangeInput');
    expect(await endOf(blob.download())).toBe('400 OutOfRangeInput');
    expect(await endOf(blob.deleteIfExists())).toBe('400 OutOfRangeInput');
  });

  // Learn, same page: control characters such as U+0081, and code points such as U+E000, are not allowed.
  // Azure/azure-storage-node 385 (2017-12-06): U+F003 is 400 "Invalid URL", HTML without a code. Azure/azure-cli 24623 (2022-11-11): U+FFFD.
  it.each(['\u0081', '\u0001', '\u007f', '\ue000', '\uf003', '\uffff', '\ufdd0', '\ufffd', '\u{1fffe}'])(
    'with the character %j is refused without a code, and spoils no listing',
    async (character) => {
      expect(await endOf(put(`a${character}b.png`))).toBe('400 without a code');
      expect(await endOf(images().getBlobClient(`a${character}b.png`).getProperties())).toBe('400 without a code');
      expect(await endOf(images().listBlobsFlat().next())).toBe('done');
    },
  );

  it.each(['é.png', '高い.png', '🏔.png', 'a\u00adb.png', 'o\u2019Neill #1?&+%.png', '\u200b.png'])(
    'may be %j',
    async (name) => {
      expect(hasImpossibleCharacter(name)).toBe(false);
      expect(await endOf(put(name))).toBe('done');
    },
  );
});

// Learn, "Setting and retrieving properties and metadata for Blob Storage resources" (2026-11): C# identifiers, 8 KB in all.
describe('metadata', () => {
  it.each([
    ['8,192 bytes in all', { a: 'x'.repeat(4_095), b: 'y'.repeat(4_095) }, 'done'],
    ['8,193 bytes in all', { a: 'x'.repeat(4_096), b: 'y'.repeat(4_095) }, '400 MetadataTooLarge'],
    ['a name with a dash', { 'a-b': 'x' }, '400 InvalidMetadata'],
    ['a name that begins with a digit', { '1a': 'x' }, '400 InvalidMetadata'],
    ['a name with an underscore and a digit', { _a1: 'x' }, 'done'],
  ])('of %s ends as on Azure', async (_what, metadata, end) => {
    expect(await endOf(put('metadata.png', metadata as Record<string, string>))).toBe(end);
    expect(
      await endOf(
        images()
          .getBlobClient('metadata.png')
          .setMetadata(metadata as Record<string, string>),
      ),
    ).toBe(end);
  });

  it('has the same bounds on a container', async () => {
    expect(await endOf(images().setMetadata({ a: 'x'.repeat(8_192) }))).toBe('400 MetadataTooLarge');
  });
});

// Azure/Azurite 2334 (2024-01-08): Put Blob takes 5,000 MiB. Learn, "Scalability and performance targets for Blob storage" (2026-11).
describe('the body of a write', () => {
  const MIB = 1024 * 1024;

  /** A request that says how long its body is, and sends none of it. */
  const statusOfLength = (query: string, bytes: number): Promise<number | undefined> =>
    new Promise((settle, fail) => {
      const [, endpoint] = /BlobEndpoint=([^;]+)/.exec(storage.connectionString()) ?? [];
      const headers = { 'content-length': bytes, 'x-ms-version': '2026-06-06', 'x-ms-blob-type': 'BlockBlob' };
      const asked = request(`${endpoint}/images/large.bin${query}`, { method: 'PUT', headers }, ({ statusCode }) => {
        settle(statusCode);
        asked.destroy();
      });
      asked.on('error', fail);
      asked.flushHeaders();
    });

  it.each([
    ['Put Blob', '', 5_000 * MIB],
    ['Put Block', '?comp=block&blockid=YQ%3D%3D', 4_000 * MIB],
    ['Append Block', '?comp=appendblock', 100 * MIB],
  ])('of %s is refused with 413 when it is over the limit', async (_what, query, most) => {
    expect(await statusOfLength(query, most + 1)).toBe(413);
  });
});

// Learn, "List Blobs" (2026-11): at most 5,000; more asked is 5,000; 0 or less is 400.
describe('a listing', () => {
  it.each([
    [5_001, 'done'],
    [1, 'done'],
    [0, '400 OutOfRangeQueryParameterValue'],
    [-1, '400 OutOfRangeQueryParameterValue'],
  ])('of at most %i ends as on Azure', async (maxPageSize, end) => {
    expect(await endOf(images().listBlobsFlat().byPage({ maxPageSize }).next())).toBe(end);
  });
});
