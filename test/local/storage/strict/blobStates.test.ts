import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockBlobClient } from '@azure/storage-blob';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeBlobStates } from '../../../../local/storage/strict/blobStates.ts';
import { endOf, useStrictStorage } from './strictStorage.ts';

const REHYDRATES_MS = 1_500;
const states = makeBlobStates({ rehydratesForMs: REHYDRATES_MS });
const storage = useStrictStorage(states.layer);
const container = () => storage.blobs().getContainerClient('results');

beforeAll(() => container().create());

async function put(name: string): Promise<BlockBlobClient> {
  const blob = container().getBlockBlobClient(name);
  await blob.upload('text', 4);
  return blob;
}

async function listed(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of container().listBlobsFlat()) names.push(name);
  return names;
}

// Learn, "Blob service error codes" (2026-11): 409 for both, read 200. Learn, "Container-level WORM policies": blobs may be
// created and read, and neither changed nor deleted.
describe.each([
  ['markImmutable', 'BlobImmutableDueToPolicy'],
  ['holdLegally', 'BlobImmutableDueToLegalHold'],
] as const)('%s', (mark, code) => {
  it('lets the blob be read, and neither changed nor deleted', async () => {
    const blob = await put(`${mark}.json`);
    states[mark]('results', blob.name);
    expect(await endOf(blob.upload('other', 5))).toBe(`409 ${code}`);
    expect(await endOf(blob.setMetadata({ a: 'b' }))).toBe(`409 ${code}`);
    expect(await endOf(blob.delete())).toBe(`409 ${code}`);
    expect((await blob.downloadToBuffer()).toString()).toBe('text');
    expect(await listed()).toContain(blob.name);
    expect(await endOf(put(`${mark}-2.json`))).toBe('done');
    states.clear('results', blob.name);
    expect(await endOf(blob.delete())).toBe('done');
  });
});

// Azure/azure-sdk-for-net 20361 (2021-04-13): 409 for HEAD too. Learn, "Encryption with customer-provided keys" (2026-11).
describe('useCustomerKey', () => {
  it('refuses reads without the key, HEAD included, and shows the blob in listings', async () => {
    const blob = await put('secret.png');
    states.useCustomerKey('results', blob.name);
    expect(await endOf(blob.getProperties())).toBe('409 BlobUsesCustomerSpecifiedEncryption');
    expect(await endOf(blob.download())).toBe('409 BlobUsesCustomerSpecifiedEncryption');
    expect(await endOf(blob.setMetadata({ a: 'b' }))).toBe('409 BlobUsesCustomerSpecifiedEncryption');
    expect(await listed()).toContain(blob.name);
  });

  it('is over when the blob is overwritten without a key, or deleted', async () => {
    const blob = await put('secret.png');
    states.useCustomerKey('results', blob.name);
    expect(await endOf(blob.upload('text', 4))).toBe('done');
    expect((await blob.downloadToBuffer()).toString()).toBe('text');
    states.useCustomerKey('results', blob.name);
    expect(await endOf(blob.delete())).toBe('done');
    expect(await endOf(blob.getProperties())).toBe('404 BlobNotFound');
  });
});

// Learn, "Rehydrate from the archive tier" (2026-11): up to 15 h, in which the blob can be neither read nor overwritten.
// Learn, "Set Blob Tier": 202 where the tier takes its time, and `x-ms-archive-status`.
describe('an archived blob', () => {
  it('is rehydrated after a while, and can be neither read nor overwritten until then', async () => {
    const blob = await put('old.png');
    await blob.setAccessTier('Archive');
    expect(await endOf(blob.download())).toBe('409 BlobArchived');
    expect((await blob.setAccessTier('Hot'))._response.status).toBe(202);
    expect(await endOf(blob.download())).toBe('409 BlobBeingRehydrated');
    expect(await endOf(blob.upload('text', 4))).toBe('409 BlobBeingRehydrated');
    expect(await blob.getProperties()).toMatchObject({
      ...{ accessTier: 'Archive', archiveStatus: 'rehydrate-pending-to-hot', contentLength: 4 },
    });
    await sleep(REHYDRATES_MS);
    expect((await blob.downloadToBuffer()).toString()).toBe('text');
    expect((await blob.getProperties()).archiveStatus).toBeUndefined();
  });

  it('can be deleted while it is rehydrated', async () => {
    const blob = await put('old.png');
    await blob.setAccessTier('Archive');
    await blob.setAccessTier('Cool');
    expect(await endOf(blob.delete())).toBe('done');
    expect(await endOf(blob.upload('text', 4))).toBe('done');
    expect((await blob.downloadToBuffer()).toString()).toBe('text');
  });

  it('takes no time between tiers that are online', async () => {
    const blob = await put('new.png');
    expect((await blob.setAccessTier('Cool'))._response.status).toBe(200);
    expect((await blob.downloadToBuffer()).toString()).toBe('text');
  });
});
