import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { delayCopies } from '../../../../local/storage/strict/pendingCopies.ts';
import { endOf, useStrictStorage } from './strictStorage.ts';

const PENDING_MS = 1_500;
const storage = useStrictStorage(delayCopies(PENDING_MS));
const images = () => storage.blobs().getContainerClient('images');

beforeAll(() => images().create());

async function listed(name: string): Promise<unknown> {
  for await (const { name: found, properties } of images().listBlobsFlat({ prefix: name, includeCopy: true })) {
    if (found === name)
      return { bytes: properties.contentLength, etag: `"${properties.etag}"`, copy: properties.copyStatus };
  }
  return undefined;
}

// Learn, "Copy Blob", Remarks (2026-11): a committed blob of zero length until the copy has ended, whose ETag changes at both
// ends, whose content shows only afterwards, and which cannot be changed meanwhile (409).
describe('delayCopies', () => {
  it('leaves an empty target until a copy has ended, in reads and in listings', async () => {
    const source = images().getBlockBlobClient('source.png');
    await source.upload('text', 4);
    const target = images().getBlockBlobClient('a & b/target.png');
    const poller = await target.beginCopyFromURL(source.url, { intervalInMs: 100 });
    const pending = await target.getProperties();
    expect(pending).toMatchObject({ contentLength: 0, copyStatus: 'pending' });
    expect((await target.download()).contentLength).toBe(0);
    expect(await listed(target.name)).toEqual({ bytes: 0, etag: pending.etag, copy: 'pending' });
    expect(await endOf(target.upload('other', 5))).toBe('409 PendingCopyOperation');
    expect(await endOf(target.delete())).toBe('409 PendingCopyOperation');
    expect(await endOf(target.download(0, 4))).toBe('416 InvalidRange');
    expect(await endOf(target.download(0, undefined, { conditions: { ifMatch: '"0x0"' } }))).toBe(
      '412 ConditionNotMet',
    );
    await poller.pollUntilDone();
    const copied = await target.getProperties();
    expect(copied).toMatchObject({ contentLength: 4, copyStatus: 'success' });
    expect(copied.etag).not.toBe(pending.etag);
    expect((await target.downloadToBuffer()).toString()).toBe('text');
    expect(await listed(target.name)).toEqual({ bytes: 4, etag: copied.etag, copy: 'success' });
  });

  it('replaces the old content by an empty blob first', async () => {
    const source = images().getBlockBlobClient('source.png');
    const target = images().getBlockBlobClient('old.png');
    await source.upload('text', 4);
    await target.upload('old', 3);
    await target.beginCopyFromURL(source.url);
    expect((await target.getProperties()).contentLength).toBe(0);
    await sleep(PENDING_MS);
    expect((await target.downloadToBuffer()).toString()).toBe('text');
  });

  it('leaves a copy alone that its caller waits for', async () => {
    const source = images().getBlockBlobClient('source.png');
    await source.upload('text', 4);
    const target = images().getBlockBlobClient('sync.png');
    await target.syncCopyFromURL(source.url);
    expect((await target.getProperties()).contentLength).toBe(4);
  });
});
