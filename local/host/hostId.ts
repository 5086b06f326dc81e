import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Settings } from './settings.ts';

/** What instances of one app share in storage: `AzureFunctionsWebHost__hostid`, else a name made from the app's folder. */
export function hostIdOf(folder: string, settings: Settings): string {
  const set = settings.AzureFunctionsWebHost__hostid;
  return set ?? `local-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16)}`;
}
