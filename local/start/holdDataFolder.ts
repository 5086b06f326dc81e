import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from '../process/isRunning.ts';

const HOLDER = 'running.pid';
/** What a storage keeps in its folder (Azurite 3.37), and the name of its holder. */
const OWN_ENTRIES = /^(?:__.*__|__.*\.json~?|AzuriteConfig|running\.pid)$/;

/**
 * Takes the folder where the storage keeps its state for this process; two storages in one folder would destroy each
 * other's state. With `fresh` what earlier runs have left there is removed.
 *
 * @returns gives the folder back.
 * @throws Error with a sentence when another run uses it, or when it should be emptied and has other files.
 */
export async function holdDataFolder(
  folder: string,
  asked: { readonly state: 'kept' | 'fresh' },
): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--data ${folder} cannot be used as a folder: ${error.message}.`);
  });
  const file = join(folder, HOLDER);
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  if (holder !== process.pid && isRunning(holder)) {
    throw new Error(`${folder} is in use by another run (process ${holder}). Give this one a folder with --data DIR.`);
  }
  if (asked.state === 'fresh') await empty(folder);
  await writeFile(file, `${process.pid}`);
  return () => rm(file, { force: true });
}

async function empty(folder: string): Promise<void> {
  const entries = await readdir(folder);
  const foreign = entries.find((entry) => !OWN_ENTRIES.test(entry));
  if (foreign !== undefined) {
    throw new Error(`--fresh would delete ${join(folder, foreign)}, which is no state of an earlier run.`);
  }
  for (const entry of entries) await rm(join(folder, entry), { recursive: true, force: true });
}
