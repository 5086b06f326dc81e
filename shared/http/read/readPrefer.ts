import { InvalidRequest } from '../../errors.ts';

/** How long a caller of POST /analyze waits, from `Prefer` (RFC 7240). */
export interface Preference {
  readonly waitMs: number;
  /** `respond-async`: an address at once, the result later. */
  readonly isAsync: boolean;
}

const DEFAULT_WAIT_S = 30;

/** The platform ends a call after about 230 s without an answer (Azure Functions scale and hosting, 2026-11). */
const LONGEST_WAIT_S = 200;

/**
 * `readPrefer('wait=10')` is `{ waitMs: 10000, isAsync: false }`; nothing is 30 s.
 *
 * @throws {InvalidRequest} when the wait is no whole number of seconds from 0 to 200
 */
export function readPrefer(header: string | null): Preference {
  const preferences = (header ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  const isAsync = preferences.includes('respond-async');
  const wait = preferences.map((part) => /^wait\s*=\s*"?([^"]*)"?$/.exec(part)?.[1]).find((each) => each !== undefined);
  if (wait === undefined) return { waitMs: DEFAULT_WAIT_S * 1000, isAsync };
  const seconds = Number(wait);
  if (!/^\d+$/.test(wait) || seconds > LONGEST_WAIT_S) {
    throw new InvalidRequest([
      { path: 'prefer', message: `Prefer: wait=${wait} must be whole seconds from 0 to ${LONGEST_WAIT_S}.` },
    ]);
  }
  return { waitMs: seconds * 1000, isAsync };
}
