import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { findBicep, lookForBicep, type Machine, NO_BICEP, presentBicep, runBicep } from '../../local/make/bicep.ts';
import { bicepLiteral } from './bicepLiteral.ts';
import { type Plan, planOf } from './plan.ts';
import type { Target } from './target.ts';

/** What came of compiling the parameters: a plan, what the templates say is wrong, or no compiler. */
type Compiled =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'no-compiler'; readonly why: string };

const builtSchema = z.object({ parametersJson: z.string(), templateJson: z.string() });
const parametersSchema = z.object({ parameters: z.record(z.string(), z.object({ value: z.unknown() })) });

/**
 * Compiles a parameter file as `azd provision` would, and predicts what it creates. Writes into a folder of its own only:
 * beside the parameter file lies its golden file.
 */
export function compilePlan(parameterFile: string, target: Target): Compiled {
  const compiler = anyCompiler();
  if (!compiler) return { kind: 'no-compiler', why: NO_BICEP };
  const built = runBicep(['build-params', parameterFile, '--stdout'], compiler, target.azdVariables);
  if (built.code !== 0) return { kind: 'refused', why: built.stderr.trim() };
  const { parametersJson, templateJson } = builtSchema.parse(JSON.parse(built.stdout));
  const { parameters } = parametersSchema.parse(JSON.parse(parametersJson));
  const folder = mkdtempSync(join(tmpdir(), 'argus-preflight-'));
  try {
    const file = join(folder, 'parameters.bicepparam');
    writeFileSync(join(folder, 'template.json'), templateJson);
    writeFileSync(file, ["using 'template.json'", ...Object.entries(parameters).map(parameterLine), ''].join('\n'));
    const run = runBicep(['snapshot', file, ...scopeOf(target)], compiler, target.azdVariables);
    if (run.stderr.includes('Unrecognized command')) return { kind: 'no-compiler', why: NO_BICEP };
    if (run.code !== 0) return { kind: 'refused', why: sentencesOf(run.stderr) };
    const snapshot: unknown = JSON.parse(readFileSync(join(folder, 'parameters.snapshot.json'), 'utf8'));
    return { kind: 'plan', plan: planOf(snapshot) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const parameterLine = ([name, { value }]: [string, { readonly value?: unknown }]): string =>
  `param ${name} = ${bicepLiteral(value ?? null)}`;

function scopeOf({ subscriptionId, resourceGroup, location }: Target): readonly string[] {
  return [
    ...['--subscription-id', subscriptionId ?? '00000000-0000-0000-0000-000000000000'],
    ...['--resource-group', resourceGroup ?? 'not-known-yet'],
    ...['--location', location],
  ];
}

/** A compiler that is there is taken whatever its version: azd brings its own. Else one is restored. */
function anyCompiler(): string | undefined {
  const toolsFolder = resolve(import.meta.dirname, '../../.tools/bicep');
  const machine: Machine = { environment: process.env, homeFolder: homedir(), toolsFolder };
  return lookForBicep(machine) ?? presentBicep(machine)[0] ?? findBicep();
}

/** What the templates say is wrong, without what the compiler says around it. */
function sentencesOf(stderr: string): string {
  return /variable '\w+' is not valid: (.+?)\.? Please see https:/s.exec(stderr)?.[1] ?? stderr.trim();
}
