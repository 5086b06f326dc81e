import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdDataFolder } from '../../../local/start/holdDataFolder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('holdDataFolder', () => {
  it('keeps what is there, and gives the folder back', async () => {
    await writeFile(join(folder, '__azurite_db_blob__.json'), '{}');
    const release = await holdDataFolder(folder, { state: 'kept' });
    expect(await readdir(folder)).toEqual(['__azurite_db_blob__.json', 'running.pid']);
    await release();
    expect(await readdir(folder)).toEqual(['__azurite_db_blob__.json']);
  });

  it('forgets earlier runs when asked to, and nothing but them', async () => {
    await writeFile(join(folder, '__azurite_db_blob__.json'), '{}');
    await mkdir(join(folder, '__blobstorage__'));
    await holdDataFolder(folder, { state: 'fresh' });
    expect(await readdir(folder)).toEqual(['running.pid']);
    await writeFile(join(folder, 'holiday.jpg'), 'x');
    await expect(holdDataFolder(folder, { state: 'fresh' })).rejects.toThrow(
      `--fresh would delete ${join(folder, 'holiday.jpg')}, which is no state of an earlier run.`,
    );
  });

  it('is refused while another run holds it, and taken over when that one is gone', async () => {
    await writeFile(join(folder, 'running.pid'), `${process.ppid}`);
    await expect(holdDataFolder(folder, { state: 'kept' })).rejects.toThrow(
      `${folder} is in use by another run (process ${process.ppid}).`,
    );
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(folder, 'running.pid'), `${pid}`);
    await holdDataFolder(folder, { state: 'kept' });
    expect(await readdir(folder)).toEqual(['running.pid']);
  });
});
