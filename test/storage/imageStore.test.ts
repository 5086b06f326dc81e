import { beforeEach, describe, expect, it } from 'vitest';
import { ImageChanged } from '../../shared/errors.ts';
import {
  type BlobVersion,
  createImageStore,
  type ImageStore,
  INBOX_CONTAINER,
} from '../../shared/storage/imageStore.ts';
import { type Refusal, useRefusals } from '../support/refusingBlobs.ts';
import { useStorage } from '../support/storage.ts';

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
  it.each(['a b/ü #1?%20.png', "o'Neill.png"])('describes the current version of %s', async (name) => {
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
    await expect(images.read(version, { offset: 0, count: 4 })).rejects.toBeInstanceOf(ImageChanged);
    await expect(images.read(version)).rejects.toBeInstanceOf(ImageChanged);
  });

  it('says that a version is gone when only its metadata was changed, or when it was removed', async () => {
    const version = await upload('a.png');
    const blob = storage.blobs().getContainerClient(container).getBlobClient('a.png');
    await blob.setMetadata({ task: 'text' });
    await expect(images.read(version)).rejects.toBeInstanceOf(ImageChanged);
    await blob.delete();
    await expect(images.read(version)).rejects.toBeInstanceOf(ImageChanged);
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

describe('an image that the storage refuses', () => {
  const refusing = useRefusals(storage);

  it('is shown by head and refused by read where it is archived or being rehydrated', async () => {
    const version = await upload('a.png');
    const blob = storage.blobs().getContainerClient(container).getBlobClient('a.png');
    await blob.setAccessTier('Archive');
    expect(await images.head(version)).toEqual(version);
    await expect(images.read(version, { offset: 0, count: 3 })).rejects.toMatchObject({
      code: 'conflict',
      scope: 'blob',
      detail: `The blob ${container}/a.png cannot be read: it is in the archive tier. Set its tier to hot, cool or cold and wait for the end of the rehydration (BlobArchived).`,
    });
    await blob.setAccessTier('Hot');
    expect(await images.head(version)).toEqual(version);
    expect(await images.read(version)).toEqual(BYTES);
  });

  it('is read while another client holds a lease', async () => {
    const version = await upload('a.png');
    await storage.blobs().getContainerClient(container).getBlobClient('a.png').getBlobLeaseClient().acquireLease(-1);
    expect(await images.read(version)).toEqual(BYTES);
  });

  it.each<[Refusal, scope: string]>([
    [{ status: 409, code: 'BlobUsesCustomerSpecifiedEncryption' }, 'blob'],
    [{ status: 409, code: 'BlobBeingRehydrated' }, 'blob'],
    [{ status: 409, code: 'PendingCopyOperation' }, 'passing'],
    [{ status: 403, code: 'AuthorizationFailure' }, 'container'],
  ])('is refused by read with what to do for $code', async (refusal, scope) => {
    const version = await upload('a.png');
    const store = createImageStore({ blobs: refusing.storage.blobs() });
    refusing.refuse((method) => (method === 'GET' ? refusal : undefined));
    await expect(store.read(version)).rejects.toMatchObject({ scope, detail: expect.stringContaining(refusal.code) });
  });

  it("is known by its listing where a customer's key refuses even its head", async () => {
    const version = await upload('a.png');
    await upload('a.png.older');
    const store = createImageStore({ blobs: refusing.storage.blobs() });
    const code = 'BlobUsesCustomerSpecifiedEncryption';
    refusing.refuse((_method, path) => (path === `${container}/a.png` ? { status: 409, code } : undefined));
    // A listing may begin with an empty page: of 20, some do.
    for (let times = 0; times < 20; times += 1) expect(await store.head(version)).toEqual(version);
    await expect(store.read(version)).rejects.toMatchObject({ detail: expect.stringContaining(code) });
  });

  it('is not looked for in a listing where the container itself is refused', async () => {
    const store = createImageStore({ blobs: refusing.storage.blobs() });
    refusing.refuse((method) => (method === 'HEAD' ? { status: 403, code: 'AuthorizationFailure' } : undefined));
    await expect(store.head({ container, name: 'a.png' })).rejects.toMatchObject({ scope: 'container' });
  });
});

describe('what is no image yet', () => {
  async function names(): Promise<readonly string[]> {
    const listed: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await images.list({ container, limit: 50, ...(continuation !== undefined && { continuation }) });
      listed.push(...page.versions.map(({ name }) => name));
      ({ continuation } = page);
    } while (continuation !== undefined);
    return listed;
  }

  it.each([
    ['a folder marker of a hierarchical namespace', 'scans', { hdi_isfolder: 'true' }],
    ['a folder marker whose metadata change case on their way', 'scans', { Hdi_IsFolder: 'true' }],
    ['a name that ends in a slash', 'scans/', {}],
  ])('is %s', async (_what, name, metadata) => {
    await upload('scans/a.png');
    const blob = storage.blobs().getContainerClient(container).getBlockBlobClient(name);
    await blob.upload('', 0, { metadata });
    expect(await names()).toEqual(['scans/a.png']);
    expect(await images.head({ container, name })).toBeUndefined();
  });

  it('is an append blob before its first append, and not after it', async () => {
    const blob = storage.blobs().getContainerClient(container).getAppendBlobClient('a.png');
    await blob.create();
    expect([await names(), await images.head({ container, name: 'a.png' })]).toEqual([[], undefined]);
    await blob.appendBlock(BYTES, BYTES.length);
    const first = await images.head({ container, name: 'a.png' });
    expect(first).toMatchObject({ bytes: 10 });
    await blob.appendBlock(BYTES, BYTES.length);
    expect(await images.head({ container, name: 'a.png' })).toMatchObject({ bytes: 20 });
    await expect(first && images.read(first)).rejects.toBeInstanceOf(ImageChanged);
  });

  it('is not an empty file, which is refused with a reason', async () => {
    await upload('empty.png', Buffer.alloc(0));
    expect(await names()).toEqual(['empty.png']);
  });
});
