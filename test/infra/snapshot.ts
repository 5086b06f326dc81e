import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE_SCOPE, EXAMPLES, snapshotFileOf } from '../../infra/examples.ts';
import { type Compiled, compile, ROOT } from './compile.ts';

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

/** What is deployed: the first phase, and the second of either ingestion. */
export const TEMPLATES = ['main', 'webhook', 'queue'] as const;

/** The run of the compiler that builds a template. */
export function builtTemplate(template: (typeof TEMPLATES)[number]): Promise<Compiled> {
  return compile({ does: 'build', file: `infra/${template}.bicep` });
}

/** A template as it is deployed. */
// biome-ignore lint/suspicious/noExplicitAny: whatever a template may hold
export async function templateOf(template: (typeof TEMPLATES)[number]): Promise<any> {
  return JSON.parse(madeBy(await builtTemplate(template)));
}

/** What the compiler predicts of parameters given as text, or why it refuses them. */
export function snapshotRun(parameters: string): Promise<Compiled> {
  return compile({ does: 'snapshot', parameters, scope: EXAMPLE_SCOPE });
}

/** What the compiler says of parameters given as text before anything is evaluated. */
export function buildParametersRun(parameters: string): Promise<Compiled> {
  return compile({ does: 'build parameters', parameters });
}

/** The snapshot of parameters that are expected to be right. */
export async function snapshotOf(parameters: string): Promise<Snapshot> {
  return JSON.parse(madeBy(await snapshotRun(parameters)));
}

/** What came of a run that is expected to be right. */
export function madeBy({ made, problems }: Compiled): string {
  if (made === undefined) throw new Error(problems);
  return made;
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

/** As the service writes it for a component. */
export const CONNECTION_STRING =
  'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/';

/** Settings as the app sees them: what is an expression before the deployment gets the value that it will have. */
export function deployedSettings(example: string): Readonly<Record<string, string>> {
  const snapshot = goldenSnapshots.get(example);
  if (!snapshot) throw new Error(`There is no golden file of ${example}.`);
  return Object.fromEntries(
    Object.entries(appSettings(snapshot)).map(([name, value]) => {
      const uri = /^\[format\('https:\/\/\{0\}\.\{1\}\.\{2\}\/', '(\w+)', '(\w+)', environment/.exec(value);
      if (uri) return [name, `https://${uri[1]}.${uri[2]}.core.windows.net/`];
      if (name === 'APPLICATIONINSIGHTS_CONNECTION_STRING') return [name, CONNECTION_STRING];
      return [name, value.startsWith('[reference(') ? `value-of-${name}` : value];
    }),
  );
}
