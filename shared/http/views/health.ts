import packageJson from '../../../package.json' with { type: 'json' };
import { findModel } from '../../catalog/catalog.ts';
import { lifecycleWarning } from '../../catalog/lifecycle.ts';
import { inTime } from '../../concurrency/inTime.ts';
import type { Problem } from '../../errors.ts';
import type { Config } from '../../settings/config.ts';

/** The app's version. */
export const APP_VERSION = packageJson.version;

export interface Health {
  readonly status: 'ok';
  readonly version: string;
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}

/** What `GET /health` answers to anybody: models, version and backlog are for callers with a key. */
export interface OpenHealth {
  readonly status: 'ok';
}

/** What `GET /health` answers with 503. */
export interface HealthOfWrongSettings {
  readonly status: 'settings-wrong';
  /** Each wrong setting by name, with what is wrong with it. */
  readonly problems: readonly Problem[];
}

/**
 * That sign-in is asked for and the platform does not say that it is on, which no request can mend; every other call is 403.
 */
export function accessProblems({
  httpAuth,
  isSignInOff,
}: Pick<Config, 'httpAuth' | 'isSignInOff'>): readonly Problem[] {
  if (httpAuth === 'key' || !isSignInOff) return [];
  const message =
    'is "entra", and the platform does not say that its authentication is on (WEBSITE_AUTH_ENABLED is not True): every ' +
    'call is refused. Turn authentication on for the function app, or set HTTP_AUTH to "key".';
  return [{ path: 'HTTP_AUTH', message }];
}

/** That the process runs, and what an operator should know of its models. No I/O: this call is open to everybody. */
export function healthOf(config: Config, nowMs: number): Health {
  const models = [...new Set(config.deployments.filter(({ isPriced }) => isPriced).map(({ countsAs }) => countsAs))];
  const warnings = models.flatMap((name) => {
    const model = findModel(name);
    const detail = model ? lifecycleWarning(model, nowMs) : undefined;
    return detail === undefined ? [] : [{ code: 'model-lifecycle', detail }];
  });
  return { status: 'ok', version: APP_VERSION, warnings };
}

/** So long a value counts as fresh, and so long a call waits for a new one at most. */
const FRESH_MS = 15_000;
const PATIENCE_MS = 1_000;

/**
 * The value as it was lately: read at most every 15 s whoever asks, and not waited for longer than a second; then, and
 * when reading fails, it is the last one that was read, or undefined.
 */
export function recently<Value>(
  read: () => Promise<Value | undefined>,
  clock: { readonly now: () => number; readonly sleep: (waitMs: number) => Promise<void> },
): () => Promise<Value | undefined> {
  let value: Value | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.now() - readAtMs < FRESH_MS) return value;
    readAtMs = clock.now();
    const reading = read().then(
      (fresh) => {
        value = fresh;
      },
      () => undefined,
    );
    await inTime(() => reading, { waitMs: PATIENCE_MS, sleep: clock.sleep });
    return value;
  };
}
