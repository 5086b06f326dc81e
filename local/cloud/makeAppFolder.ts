import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp } from '../make/build.ts';
import { isRunning } from '../process/isRunning.ts';

export interface AppFolder {
  readonly folder: string;
  /** Size of the bundle. */
  readonly bytes: number;
  remove(): Promise<void>;
}

const COPIED = ['host.json', 'package.json', 'local.settings.json'];

/**
 * Builds the app into a folder of this process's own, below the project so that it finds its native libraries: a second
 * run must not take away the files of a bundle that is running. What a killed run has left is removed.
 */
export async function makeAppFolder(projectFolder: string): Promise<AppFolder> {
  const parent = join(projectFolder, '.local', 'apps');
  await mkdir(parent, { recursive: true });
  for (const left of await readdir(parent)) {
    if (!isRunning(Number(left))) await rm(join(parent, left), { recursive: true, force: true });
  }
  const folder = join(parent, `${process.pid}`);
  const { bytes } = await buildApp({ outfile: join(folder, 'dist', 'main.cjs') });
  for (const file of COPIED) {
    await copyFile(join(projectFolder, file), join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      // Personal settings exist only if the user made them.
      if (error.code !== 'ENOENT') throw error;
    });
  }
  return { folder, bytes, remove: () => rm(folder, { recursive: true, force: true }) };
}
