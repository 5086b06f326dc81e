import { describe, expect, it } from 'vitest';
import {
  estimateFolder,
  type FolderAnswer,
  type FolderCall,
  type FolderParts,
} from '../../shared/estimates/estimateFolder.ts';
import { createImageStore } from '../../shared/storage/imageStore.ts';
import { blobRefusal } from '../../shared/storage/storageRefused.ts';
import { createCalibrations } from '../../shared/tokens/calibrations.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { START_MS, seedPool } from '../pool/deployments.ts';
import { documentParts } from '../support/documents.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();

function ask(imagesContainer: string, call: Partial<FolderCall> = {}, parts: Partial<FolderParts> = {}) {
  return estimateFolder(
    { kind: 'folder', prefix: '', request: REQUEST, ...call },
    {
      deployments: seedPool,
      calibrations: createCalibrations(),
      images: createImageStore({ blobs: storage.blobs() }),
      imagesContainer,
      limits: { maxBytes: 1_000_000, maxPixels: 268_402_689 },
      ...documentParts(),
      now: () => START_MS,
      nowMs: START_MS,
      ...parts,
    },
  );
}

async function filled(files: Readonly<Record<string, Buffer>>): Promise<string> {
  const name = await storage.container();
  const container = storage.blobs().getContainerClient(name);
  for (const [file, bytes] of Object.entries(files)) await container.getBlockBlobClient(file).uploadData(bytes);
  return name;
}

describe('estimateFolder', () => {
  it('sums up the images below a prefix, by size, and says what would be rejected', async () => {
    const container = await filled({
      'scans/a.png': await drawMarkedAs('png'),
      'scans/b (2).jpg': await drawMarkedAs('jpeg'),
      'scans/letter.png': Buffer.from('A letter.'),
      'scans/old.pdf': Buffer.from('%PDF-1.7'),
      'elsewhere/c.png': await drawMarkedAs('png'),
    });
    const answer: FolderAnswer = await ask(container, { prefix: 'scans/', models: ['gpt-4@vision-preview', 'gpt-4o'] });
    expect(answer).toMatchObject({
      images: 2,
      rejected: [
        { name: 'scans/letter.png', code: 'not-an-image' },
        { name: 'scans/old.pdf', code: 'broken-image' },
      ],
      estimates: [
        { model: 'gpt-4o', imageTokens: 510, minutesAtQuota: null },
        { model: 'gpt-4', imageTokens: 510, bySize: [{ longestSide: 256, images: 2, tokens: 510, usd: 0.0051 }] },
      ],
    });
    expect(answer).not.toHaveProperty('continuation');
    expect(answer.estimates[0]).not.toHaveProperty('perImage');
    expect(answer.estimates[1]?.minutesAtQuota).toBeGreaterThan(0);
  });

  it('says how many images of a folder no deployment would take', async () => {
    const container = await filled({ 'a.png': await drawMarkedAs('png'), 'b.png': await drawMarkedAs('png') });
    const deployments = seedPool.map((deployment) => ({ ...deployment, tokensPerMinute: 1_000 }));
    const { estimates } = await ask(container, {}, { deployments });
    expect(estimates).toMatchObject([{ minutesAtQuota: null }]);
    expect(estimates[0]?.warnings.at(-1)).toMatch(/^2 of 2 images would be rejected on gpt-4@vision-preview \(exceeds/);
  });

  it('continues where the page before ended, when its time is over', async () => {
    const png = await drawMarkedAs('png');
    const container = await filled({ 'p/1.png': png, 'p/2.png': png, 'p/3.png': png, 'q/4.png': png });
    const store = createImageStore({ blobs: storage.blobs() });
    const images = { ...store, list: (query: Parameters<typeof store.list>[0]) => store.list({ ...query, limit: 2 }) };
    let asked = 0;
    const slow = { images, now: () => START_MS + 100_000 * asked++ };
    const first = await ask(container, { prefix: 'p/' }, slow);
    // A page may hold fewer than asked for, even none.
    expect(first.images).toBeLessThanOrEqual(2);
    const continuation = first.continuation ?? '';
    expect(continuation).toMatch(/^[A-Za-z0-9_-]+$/);
    const second = await ask(container, { prefix: 'p/', continuation });
    expect(first.images + second.images).toBe(3);
    expect(second).not.toHaveProperty('continuation');
    for (const wrong of [
      { prefix: 'q/', continuation },
      { prefix: 'p/', continuation: 'AAAA' },
    ]) {
      await expect(ask(container, wrong)).rejects.toMatchObject({ problems: [{ path: 'continuation' }] });
    }
  });

  it('ends a page after 10,000 images, and lists none that it does not look at', async () => {
    const png = await drawMarkedAs('png');
    const version = { container: 'images', etag: '"1"', bytes: png.byteLength, modifiedMs: START_MS, metadata: {} };
    const listed: number[] = [];
    const list: FolderParts['images']['list'] = async ({ limit, continuation = '0' }) => {
      listed.push(limit);
      const versions = Array.from({ length: limit }, (_, place) => ({
        ...version,
        name: `${continuation}-${place}.png`,
      }));
      return { versions, continuation: String(Number(continuation) + limit) };
    };
    const answer = await ask(
      'images',
      {},
      { images: { ...createImageStore({ blobs: storage.blobs() }), list, read: async () => png } },
    );
    expect(answer.images).toBe(10_000);
    expect(answer.continuation).toBeDefined();
    expect(listed.reduce((sum, limit) => sum + limit, 0)).toBe(10_000);
  });

  it('is of nothing for a prefix that no blob has', async () => {
    const answer = await ask(await filled({ 'a.png': await drawMarkedAs('png') }), { prefix: 'b/' });
    expect(answer).toMatchObject({ images: 0, rejected: [], estimates: [{ imageTokens: 0, bySize: [] }] });
  });

  it('reports a missing container', async () => {
    await expect(ask('not-there')).rejects.toMatchObject({
      code: 'not-found',
      detail: 'There is no container not-there in the storage account.',
    });
  });

  it('reports a container that it may not list', async () => {
    const container = await filled({});
    const forbidden = Object.assign(new Error('no'), { statusCode: 403 });
    const images = { ...createImageStore({ blobs: storage.blobs() }), list: () => Promise.reject(forbidden) };
    await expect(ask(container, {}, { images })).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(`refuses this app's access to the container ${container} (403)`),
    });
  });

  it('leaves out what it may not read, or what lies in the archive, and estimates the rest', async () => {
    const png = await drawMarkedAs('png');
    const container = await filled({ 'a.png': png, 'archived.png': png, 'secret.png': png });
    await storage.blobs().getContainerClient(container).getBlobClient('archived.png').setAccessTier('Archive');
    const store = createImageStore({ blobs: storage.blobs() });
    const read: FolderParts['images']['read'] = async (version, range) => {
      const { name } = version;
      if (name === 'secret.png') throw blobRefusal({ statusCode: 403 }, { container, name, use: 'read' });
      return store.read(version, range);
    };
    expect(await ask(container, {}, { images: { ...store, read } })).toMatchObject({
      images: 1,
      rejected: [
        {
          name: 'archived.png',
          code: 'conflict',
          detail: expect.stringMatching(/archived\.png cannot be read: it is in the archive tier\. Set its tier/),
        },
        { name: 'secret.png', code: 'conflict', detail: expect.stringContaining("refuses this app's access") },
      ],
    });
  });

  it('names all models that cannot be estimated before anything is read', async () => {
    await expect(ask('not-there', { models: ['gpt-4p', 'gpt-chat-latest'] })).rejects.toMatchObject({
      problems: [{ path: 'models' }, { path: 'models' }],
    });
  });
});
