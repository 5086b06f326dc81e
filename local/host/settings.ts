import { createHash } from 'node:crypto';
import { resolve } from 'node:path';

/** What the app's settings are read from: the environment. */
export type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Replaces `%NAME%` by the setting NAME, as in routes, queue names, paths and schedules.
 *
 * @throws Error when there is no such setting, in the host's words.
 */
export function expandSettings(text: string, settings: Settings): string {
  return text.replace(/%([^%]+)%/g, (_whole, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`'%${name}%' does not resolve to a value.`);
    return value;
  });
}

/** `AzureWebJobs.<function>.Disabled`, or with underscores where a shell allows no dots. */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const value = settings[`AzureWebJobs.${functionName}.Disabled`] ?? settings[`AzureWebJobs_${functionName}_Disabled`];
  return value === '1' || value?.toLowerCase() === 'true';
}

/** What instances of one app share in storage: `AzureFunctionsWebHost__hostid`, else a name made from the app's folder. */
export function hostIdOf(folder: string, settings: Settings): string {
  const set = settings.AzureFunctionsWebHost__hostid;
  return set ?? `local-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16)}`;
}
