import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BicepRun, findBicep, NO_BICEP, runBicep } from '../../local/make/bicep.ts';

/** Runs of the compiler, kept in .tools/ by the hash of what went in: each is done once, whoever asks first. */

export const ROOT = resolve(import.meta.dirname, '../..');
const KEPT = join(ROOT, '.tools', 'compiled');

const fingerprint = fingerprintOfSources();

function fingerprintOfSources(): string {
  const hash = createHash('sha256');
  const sources = globSync('infra/**/{*.bicep,*.bicepparam,*.snapshot.json,bicepconfig.json}', { cwd: ROOT }).sort();
  for (const source of [
    ...sources,
    'infra/knownToAzure.json',
    ...globSync('infra/workbook/*.kql', { cwd: ROOT }).sort(),
    'shared/catalog/models.json',
    'local/make/bicep.ts',
  ]) {
    hash.update(source).update(readFileSync(join(ROOT, source)));
  }
  return hash.digest('hex');
}

/** Whether the templates can be checked here. In CI that they cannot is a failure; else templates.test.ts says so. */
export function hasCompiler(): boolean {
  return canCheck(
    locked('compiler', () => findBicep() !== undefined),
    process.env.CI,
  );
}

/** @throws {Error} where `CI` is set and there is no compiler */
export function canCheck(isThere: boolean, ci: string | undefined): boolean {
  if (!isThere && ci) throw new Error(`The templates cannot be checked. ${NO_BICEP}`);
  return isThere;
}

export interface KeptRun extends BicepRun {
  /** A folder of the run's own, for what it writes. */
  readonly folder: string;
}

/** Runs the compiler, or gives what an equal run gave before. `write` fills the run's folder first. */
export function compile(
  inputs: (folder: string) => readonly string[],
  write: Readonly<Record<string, string>> = {},
): KeptRun {
  const key = createHash('sha256')
    .update(fingerprint)
    .update(JSON.stringify([inputs('.'), write]))
    .digest('hex')
    .slice(0, 24);
  const folder = join(KEPT, key);
  return locked(key, () => {
    const kept = join(folder, 'run.json');
    try {
      return { ...JSON.parse(readFileSync(kept, 'utf8')), folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(write)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const run = runBicep(inputs(folder));
    writeFileSync(kept, JSON.stringify(run));
    return { ...run, folder };
  });
}

/** One at a time over all test workers: a folder can be made only once. The lock of a process that is gone is void. */
function locked<T>(name: string, work: () => T): T {
  mkdirSync(KEPT, { recursive: true });
  const lock = join(KEPT, `${name}.lock`);
  while (!tookLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tookLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = holderOf(lock);
  if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
  return false;
}

/** 0 while it is being made, or when it has just gone. */
function holderOf(lock: string): number {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return 0;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
