import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface AppFolder {
  /** `main` of package.json: a glob over the files to load. Without it the app has no function. */
  readonly main: string | undefined;
  readonly hostJson: unknown;
  /** `Values` of local.settings.json; empty when there is no such file. */
  readonly localValues: Readonly<Record<string, string>>;
}

const JOB_HOST_PREFIX = 'AzureFunctionsJobHost__';

/**
 * Reads what the Functions host reads of an app's folder.
 *
 * @throws Error when host.json is missing, package.json or host.json is no JSON, or local.settings.json is encrypted.
 */
export async function readAppFolder(folder: string): Promise<AppFolder> {
  const packageJson = await readJson(join(folder, 'package.json'));
  const main = typeof packageJson?.main === 'string' ? packageJson.main : undefined;
  const hostJson = await readJson(join(folder, 'host.json'));
  if (hostJson === undefined) throw new Error(`There is no host.json in ${folder}.`);
  const local = await readJson(join(folder, 'local.settings.json'));
  if (local?.IsEncrypted === true) {
    throw new Error('local.settings.json is encrypted; run "func settings decrypt" first.');
  }
  const values = (local?.Values ?? {}) as Record<string, unknown>;
  return {
    main,
    hostJson,
    localValues: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
  };
}

/**
 * Settings named `AzureFunctionsJobHost__extensions__queues__batchSize` take the place of the same value in host.json
 * (host.json reference, "Override host.json values").
 */
export function overrideHostJson(hostJson: unknown, settings: Readonly<Record<string, string | undefined>>): unknown {
  const overridden = structuredClone(hostJson) as Record<string, unknown>;
  for (const [name, value] of Object.entries(settings)) {
    if (!name.startsWith(JOB_HOST_PREFIX) || value === undefined) continue;
    const path = name.slice(JOB_HOST_PREFIX.length).split('__');
    const last = path.pop() ?? '';
    let place = overridden;
    for (const part of path) {
      const inner = place[part];
      const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
      place[part] = next;
      place = next;
    }
    place[last] = value;
  }
  return overridden;
}

async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  try {
    return JSON.parse(content) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
