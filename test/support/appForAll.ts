import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildApp } from '../../local/make/build.ts';
import type { PartForAll } from './forAllFiles.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..', '..');

/** Below the project, so that the app finds sharp; apart from dist, so that nothing meets there. */
export const APPS_FOLDER = join(PROJECT_FOLDER, '.local');

/** The bundle that is deployed, built once. Test files take a copy each. */
export function appForAll(): PartForAll {
  let building: Promise<string> | undefined;
  return {
    answers: {
      app: () => {
        building ??= build();
        return building;
      },
    },
    stop: async () => {
      const folder = await building?.catch(() => undefined);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function build(): Promise<string> {
  await mkdir(APPS_FOLDER, { recursive: true });
  const folder = await mkdtemp(join(APPS_FOLDER, 'test-app-'));
  await buildApp({ outfile: join(folder, 'dist', 'main.cjs') });
  for (const file of ['host.json', 'package.json']) await copyFile(join(PROJECT_FOLDER, file), join(folder, file));
  return folder;
}
