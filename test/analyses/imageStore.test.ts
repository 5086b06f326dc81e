import { beforeEach, describe, expect, it } from 'vitest';
import {
  type BlobVersion,
  createImageStore,
  type ImageStore,
  INBOX_CONTAINER,
} from '../../shared/analyses/imageStore.ts';
import { useStorage } from './storage.ts';

const storage = useStorage();
const BYTES = Buffer.from('0123456789');
let container: string;
let images: ImageStore;

beforeEach(async () => {
  container = await storage.container();
  images = createImageStore({ blobs: storage.blobs() });
});

async function upload(name: string, bytes = BYTES, metadata: Record<string, string> = {}): Promise<BlobVersion> {
  await storage
    .blobs()
    .getContainerClient(container)
    .getBlockBlobClient(name)
    .upload(bytes, bytes.length, { metadata });
  const version = await images.head({ container, name });
  if (!version) throw new Error('The blob is not there.');
  return version;
}

describe('head', () => {
  it.each(['a b/ü #1?%20.png', "o'Neill.png"])('says what the present version of %s is', async (name) => {
    expect(await upload(name, BYTES, { Task: 'text', MyKey: 'x' })).toEqual({
      container,
      name,
      etag: expect.stringMatching(/^"?0x[0-9A-F]+"?$/),
      bytes: 10,
      modifiedMs: expect.any(Number),
      metadata: { task: 'text', mykey: 'x' },
    });
  });

  it('gives nothing where there is no blob or no container', async () => {
    expect(await images.head({ container, name: 'none.png' })).toBeUndefined();
    expect(await images.head({ container: 'nowhere', name: 'none.png' })).toBeUndefined();
  });
});

describe('read', () => {
  it('gives all bytes or a range of them, as far as they go', async () => {
    const version = await upload('a.png');
    expect(await images.read(version)).toEqual(BYTES);
    expect(await images.read(version, { offset: 2, count: 3 })).toEqual(Buffer.from('234'));
    expect(await images.read(version, { offset: 8, count: 100 })).toEqual(Buffer.from('89'));
  });

  it('gives no bytes of an empty blob', async () => {
    expect(await images.read(await upload('empty.png', Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
  });

  it('gives every byte of a large blob', async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, 'abc');
    const read = await images.read(await upload('large.png', large));
    expect(Buffer.isBuffer(read) && read.equals(large)).toBe(true);
  });

  it('says that a version is gone when the blob was replaced', async () => {
    const version = await upload('a.png');
    await upload('a.png', Buffer.from('another'));
    expect(await images.read(version, { offset: 0, count: 4 })).toBe('changed');
    expect(await images.read(version)).toBe('changed');
  });

  it('says that a version is gone when only its metadata was changed, or when it was removed', async () => {
    const version = await upload('a.png');
    const blob = storage.blobs().getContainerClient(container).getBlobClient('a.png');
    await blob.setMetadata({ task: 'text' });
    expect(await images.read(version)).toBe('changed');
    await blob.delete();
    expect(await images.read(version)).toBe('changed');
  });
});

describe('the inbox', () => {
  it('keeps the bytes of a request until they are removed', async () => {
    await storage.container(INBOX_CONTAINER);
    await images.keepInbox('id', BYTES);
    expect(await images.readInbox('id')).toEqual(BYTES);
    await images.removeInbox('id');
    await images.removeInbox('id');
    expect(await images.readInbox('id')).toBeUndefined();
  });
});

describe('urlOf', () => {
  it('is an address that a browser and Markdown take', () => {
    expect(images.urlOf({ container: 'images', name: 'a b/<ü>.png' })).toMatch(/\/images\/a%20b\/%3C%C3%BC%3E\.png$/);
  });
});
