import packageJson from '../../package.json' with { type: 'json' };
import { findModel } from '../catalog/catalog.ts';
import { lifecycleWarning } from '../catalog/lifecycle.ts';
import type { Config } from '../config.ts';
import type { Problem } from '../errors.ts';

/** The app's version. */
export const APP_VERSION = packageJson.version;

export interface Health {
  readonly status: 'ok';
  readonly version: string;
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}

/** What `GET /health` answers with 503. */
export interface HealthOfWrongSettings {
  readonly status: 'settings-wrong';
  /** Each wrong setting by name, with what is wrong with it. */
  readonly problems: readonly Problem[];
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
