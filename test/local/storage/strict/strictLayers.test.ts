import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '../../../..');

/** What may start Azurite by itself: everything else gets the account behind its front. */
const STARTS_AZURITE = [
  'local/chaos/chaosCloud.ts',
  'local/cloud.ts',
  'local/emulatedStorage.ts',
  'local/storage/startStorage.ts',
  'test/local/storage/blobEvents.test.ts',
  'test/local/storage/startAzurite.test.ts',
];

describe('strictLayers', () => {
  it('stands before every storage that is started: whoever starts Azurite also starts a front, with the rules on', async () => {
    const starting: string[] = [];
    for (const folder of ['bench', 'functions', 'infra', 'local', 'shared', 'test']) {
      for (const name of await readdir(join(PROJECT, folder), { recursive: true })) {
        if (!name.endsWith('.ts')) continue;
        const text = await readFile(join(PROJECT, folder, name), 'utf8');
        if (!/import .*\bstartAzurite\b.* from /.test(text)) continue;
        starting.push(join(folder, name));
        if (!name.endsWith('startAzurite.test.ts')) expect(text, name).toContain('startStorageFront({');
      }
    }
    expect(starting.toSorted()).toEqual(STARTS_AZURITE);
  });
});
