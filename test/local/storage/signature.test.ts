import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { AZURITE_ACCOUNT } from '../../../local/storage/startAzurite.ts';
import { endOf, useStrictStorage } from './strict/strictStorage.ts';

const storage = useStrictStorage();

describe('signAgain', () => {
  it('signs a request that was changed on its way, as the client would have', async () => {
    const container = await storage.newContainer();
    for (const name of ['a', 'b', 'c']) await container.getBlockBlobClient(`${name} é&.png`).upload('x', 1);
    const pages = await Array.fromAsync(
      container.listBlobsFlat({ prefix: '', includeMetadata: true, includeTags: true }).byPage({ maxPageSize: 1 }),
    );
    expect(pages.flatMap(({ segment }) => segment.blobItems.map(({ name }) => name))).toEqual([
      'a é&.png',
      'b é&.png',
      'c é&.png',
    ]);
  });

  it('leaves a wrong signature wrong', async () => {
    const container = await storage.newContainer();
    const marker = '2!68!MDAwMDA1IWMudHh0ITAwMDAyOCE5OTk5LTEyLTMxVDIzOjU5OjU5Ljk5OTk5OTlaIQ--';
    const wrong = new StorageSharedKeyCredential(AZURITE_ACCOUNT, Buffer.from('wrong').toString('base64'));
    const url = `http://127.0.0.1:${storage.started().blobPort}/${AZURITE_ACCOUNT}`;
    const pages = new BlobServiceClient(url, wrong).getContainerClient(container.containerName).listBlobsFlat();
    expect(await endOf(pages.byPage({ continuationToken: marker }).next())).toBe('403 AuthorizationFailure');
  });
});
