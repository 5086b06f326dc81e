import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE_SCOPE, EXAMPLES, snapshotFileOf } from '../../infra/examples.ts';
import { compile, type KeptRun, ROOT } from './compile.ts';

/** What the compiler predicts that a deployment creates. */

export interface PredictedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly kind?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku?: Readonly<Record<string, unknown>>;
  readonly identity?: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a resource of Azure may hold
  readonly properties?: any;
}

export interface Snapshot {
  readonly predictedResources: readonly PredictedResource[];
  readonly diagnostics: readonly unknown[];
}

/** The golden files by the name of their example; templates.test.ts says that they are what the templates give. */
export const goldenSnapshots: ReadonlyMap<string, Snapshot> = new Map(
  EXAMPLES.map((example) => [example, JSON.parse(readFileSync(join(ROOT, snapshotFileOf(example)), 'utf8'))]),
);

/** The run of `bicep snapshot` on parameters given as text. */
export function snapshotRun(parameters: string): KeptRun {
  return compile((folder) => ['snapshot', join(folder, 'parameters.bicepparam'), ...EXAMPLE_SCOPE], {
    'parameters.bicepparam': `using '../../../infra/main.bicep'\n${parameters}\n`,
  });
}

/** The snapshot of parameters that are expected to be right. */
export function snapshotOf(parameters: string): Snapshot {
  const run = snapshotRun(parameters);
  if (run.code !== 0) throw new Error(run.stderr);
  return JSON.parse(readFileSync(join(run.folder, 'parameters.snapshot.json'), 'utf8'));
}

export function ofType(snapshot: Snapshot, type: string): readonly PredictedResource[] {
  return snapshot.predictedResources.filter((resource) => resource.type === type);
}

/** The settings of the function app. */
export function appSettings(snapshot: Snapshot): Readonly<Record<string, string>> {
  const settings = snapshot.predictedResources.find((resource) => resource.name.endsWith('/appsettings'));
  if (!settings) throw new Error('The snapshot has no settings of an app.');
  return settings.properties;
}
