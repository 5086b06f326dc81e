import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildApp } from '../../local/make/build.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');

/**
 * A folder with the bundle that is deployed: below the project, so that it finds sharp; apart from dist, so that test
 * files do not meet there.
 */
export async function makeAppFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const parent = join(PROJECT_FOLDER, '.local');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'test-app-'));
  await buildApp({ outfile: join(folder, 'dist', 'main.cjs') });
  for (const file of ['host.json', 'package.json']) await copyFile(join(PROJECT_FOLDER, file), join(folder, file));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
