import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFiles } from '../../../local/start/dropFiles.ts';
import { type StartedStorage, startStorage } from '../../../local/storage/startStorage.ts';
import { takeAzurite } from '../../support/takeAzurite.ts';

let storage: StartedStorage;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drop-files-'));
  storage = await startStorage({ azurite: await takeAzurite() });
  await BlobServiceClient.fromConnectionString(storage.connectionString).createContainer('images');
});
afterAll(async () => {
  await storage.stop();
  await rm(folder, { recursive: true });
});

const drop = async (analysed: readonly string[]): Promise<readonly string[]> => {
  const { connectionString } = storage;
  const { uploaded } = await dropFiles({ folder, files: ['a.png'], analysed: new Set(analysed), connectionString });
  return [...uploaded.keys()];
};

describe('dropFiles', () => {
  it('uploads what is new, what has changed, and what lies there but was never analysed', async () => {
    await writeFile(join(folder, 'a.png'), 'one');
    expect(await drop([])).toEqual(['a.png']);
    expect(await drop(['a.png'])).toEqual([]);
    expect(await drop([])).toEqual(['a.png']);
    await writeFile(join(folder, 'a.png'), 'two');
    expect(await drop(['a.png'])).toEqual(['a.png']);
  });
});
