import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { APPS_FOLDER } from './appForAll.ts';
import { askForAll } from './askForAll.ts';

/** A folder of one's own with the bundle that is deployed. */
export async function makeAppFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const built = await askForAll<string>('app');
  const folder = await mkdtemp(join(APPS_FOLDER, 'test-app-'));
  await cp(built, folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
