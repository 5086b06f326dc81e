import { once } from '../concurrency/once.ts';
import type { Problem } from '../errors.ts';
import { type Config, readConfig } from './config.ts';
import { ConfigInvalid } from './configInvalid.ts';

/**
 * What the environment of this process says. Wrong settings are a value and not an end: a Functions host whose app throws
 * while it loads serves no function at all, and every route is an empty 404 (seen with Functions host 4.1037).
 */
export type ProcessSettings =
  | { readonly kind: 'valid'; readonly config: Config }
  /** Every problem, by the name of its setting. No message holds a key. */
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** The settings of this process, read at the first call. A change of them starts another process. */
export const processSettings = once((): ProcessSettings => {
  try {
    return { kind: 'valid', config: readConfig(process.env) };
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return { kind: 'wrong', problems: error.problems };
  }
});

/** The settings of this process. @throws {ConfigInvalid} where they are wrong */
export function configOfProcess(): Config {
  const read = processSettings();
  if (read.kind === 'wrong') throw new ConfigInvalid(read.problems);
  return read.config;
}
