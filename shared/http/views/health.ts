import packageJson from '../../../package.json' with { type: 'json' };
import { findModel } from '../../catalog/catalog.ts';
import { lifecycleWarning } from '../../catalog/lifecycle.ts';
import { inTime } from '../../concurrency/inTime.ts';
import type { Problem } from '../../errors.ts';
import { sharedQuotasOf, sharedQuotaWarning } from '../../pool/quotaScope.ts';
import type { Config } from '../../settings/config.ts';

/** The app's version. */
export const APP_VERSION = packageJson.version;

export interface Health {
  readonly status: 'ok';
  readonly version: string;
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}

/** The open response of `GET /health`. Models, version and backlog need a key. */
export interface OpenHealth {
  readonly status: 'ok';
}

/** The response of `GET /health` with 503. */
export interface HealthOfWrongSettings {
  readonly status: 'settings-wrong';
  /** Each wrong setting with its problem. */
  readonly problems: readonly Problem[];
}

/**
 * Sign-in is required, but the platform does not report that it is on. Every other call gets 403, whatever it sends.
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

/** Reports that the process runs, and warnings about its models. Does no I/O, because this call is open. */
export function healthOf(config: Config, nowMs: number): Health {
  const models = [...new Set(config.deployments.filter(({ isPriced }) => isPriced).map(({ countsAs }) => countsAs))];
  const warnings = models.flatMap((name) => {
    const model = findModel(name);
    const detail = model ? lifecycleWarning(model, nowMs) : undefined;
    return detail === undefined ? [] : [{ code: 'model-lifecycle', detail }];
  });
  const shared = sharedQuotasOf(config.deployments).map((quota) => ({
    code: 'shared-quota',
    detail: sharedQuotaWarning(quota),
  }));
  return { status: 'ok', version: APP_VERSION, warnings: [...warnings, ...shared] };
}

/** How long a value counts as fresh, and how long a call waits for a new one. */
const FRESH_MS = 15_000;
const PATIENCE_MS = 1_000;

/**
 * A recent value: read at most every 15 s for all callers, and awaited for at most a second. If reading takes longer
 * or fails, the last value that was read, or undefined.
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
