import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The keys of a function app: they open functions, and the webhook of the blob extension. */
export interface HostKeys {
  /** Opens everything, and alone `admin` functions and `/admin`. */
  readonly masterKey: string;
  /** Opens every function. */
  readonly hostKey: string;
  /** Open one function each. */
  readonly functionKeys: Readonly<Record<string, string>>;
  /** `blobs_extension`: opens `/runtime/webhooks/blobs`. */
  readonly systemKeys: Readonly<Record<string, string>>;
}

/** Keys from a file, made and written there when it is missing; without a file they are new at each start. */
export async function readHostKeys(file: string | undefined, functionNames: readonly string[]): Promise<HostKeys> {
  const kept = file === undefined ? undefined : await readKeptKeys(file);
  const keys = {
    masterKey: kept?.masterKey ?? newKey(),
    hostKey: kept?.hostKey ?? newKey(),
    functionKeys: Object.fromEntries(functionNames.map((name) => [name, kept?.functionKeys?.[name] ?? newKey()])),
    systemKeys: { blobs_extension: kept?.systemKeys?.blobs_extension ?? newKey() },
  };
  if (file !== undefined) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  }
  return keys;
}

export type Locked =
  | { readonly kind: 'function'; readonly functionName: string }
  | { readonly kind: 'admin' }
  | { readonly kind: 'webhook'; readonly extension: string };

/** Whether a key opens a lock. */
export function isOpenedBy(keys: HostKeys, locked: Locked, key: string | undefined): boolean {
  if (key === undefined || key === '') return false;
  if (key === keys.masterKey) return true;
  switch (locked.kind) {
    case 'function':
      return key === keys.hostKey || key === keys.functionKeys[locked.functionName];
    case 'webhook':
      return key === keys.systemKeys[`${locked.extension}_extension`];
    case 'admin':
      return false;
  }
}

async function readKeptKeys(file: string): Promise<Partial<HostKeys> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<HostKeys>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}
