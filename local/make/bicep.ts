import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** Finds the Bicep compiler of this machine, or restores it from NuGet through dotnet, once, into .tools/. */

const ROOT = resolve(import.meta.dirname, '..', '..');
const TOOLS = join(ROOT, '.tools', 'bicep');

/** The version that the golden snapshots were made with; an older one of the machine is passed over. */
export const BICEP_VERSION = '0.49.2';

export const NO_BICEP = `There is no Bicep compiler of version ${BICEP_VERSION} or newer: install bicep, or dotnet, which brings it along.`;

interface BicepRun {
  readonly code: number;
  readonly stdout: string;
  /** Diagnostics, without the compiler's colours. */
  readonly stderr: string;
}

/** Where a compiler may be. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly toolsFolder: string;
}

const thisMachine: Machine = { environment: process.env, homeFolder: homedir(), toolsFolder: TOOLS };

let found: string | undefined;

/**
 * Path of a Bicep compiler: `bicep` on the path, the one that `az bicep` or `azd` keeps, or NuGet's, in this order.
 *
 * @returns undefined where there is none and dotnet cannot bring one
 */
export function findBicep(): string | undefined {
  found ??= lookForBicep(thisMachine) ?? restoreFromNuGet(thisMachine);
  return found;
}

/** What azd sets while it runs: parameter files read it, and a build must not depend on who started it. */
const AZD_VARIABLES = ['AZURE_ENV_NAME', 'AZURE_LOCATION', 'AZURE_PRINCIPAL_ID', 'AZURE_PRINCIPAL_TYPE'] as const;

/** The environment that a compiler runs in: without what azd sets. */
export function environmentOfBicep(): NodeJS.ProcessEnv {
  // A run lasts seconds: what .NET learns for long runs costs it a tenth.
  const env: NodeJS.ProcessEnv = { ...process.env, DOTNET_TieredPGO: '0', DOTNET_gcConcurrent: '0' };
  for (const name of AZD_VARIABLES) delete env[name];
  return env;
}

/** Runs the compiler; of azd's variables it sees those that are given. @throws {Error} where there is none */
export function runBicep(
  inputs: readonly string[],
  compiler: string | undefined = findBicep(),
  azdVariables: Partial<Record<(typeof AZD_VARIABLES)[number], string>> = {},
): BicepRun {
  if (!compiler) throw new Error(NO_BICEP);
  const env = environmentOfBicep();
  Object.assign(env, azdVariables);
  const run = spawnSync(compiler, inputs, { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (run.error) throw run.error;
  return { code: run.status ?? 1, stdout: run.stdout, stderr: withoutColours(run.stderr) };
}

/**
 * The built template of a Bicep file. Takes an older compiler too: azd brings its own, and only the golden files need
 * the one that they were made with.
 *
 * @throws {Error} where there is no compiler, or with its diagnostics
 */
export function buildTemplate(file: string): unknown {
  const run = runBicep(['build', file, '--stdout'], presentBicep(thisMachine)[0] ?? findBicep());
  if (run.code !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what colours begin with
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}

/** A compiler that is there already and new enough. */
export function lookForBicep(machine: Machine): string | undefined {
  return presentBicep(machine).find(isRecentEnough);
}

/** Every compiler that is there already, of whatever version. */
export function presentBicep({ environment, homeFolder, toolsFolder }: Machine): readonly string[] {
  const program = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  const folders = [
    ...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    join(environment.AZURE_CONFIG_DIR ?? join(homeFolder, '.azure'), 'bin'),
    join(environment.AZD_CONFIG_DIR ?? join(homeFolder, '.azd'), 'bin'),
    join(toolsFolder, 'packages', packageName().toLowerCase(), BICEP_VERSION, 'tools'),
  ];
  return folders.map((folder) => join(folder, program)).filter((path) => existsSync(path));
}

function isRecentEnough(path: string): boolean {
  const run: SpawnSyncReturns<string> = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = /version (\d+)\.(\d+)\.(\d+)/.exec(run.stdout ?? '');
  if (!version) return false;
  const [major = 0, minor = 0, patch = 0] = version.slice(1).map(Number);
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = BICEP_VERSION.split('.').map(Number);
  return (
    major > wantedMajor ||
    (major === wantedMajor && (minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch)))
  );
}

function packageName(): string {
  const system = { linux: 'linux', darwin: 'osx', win32: 'win' }[process.platform as string] ?? 'linux';
  return `Azure.Bicep.CommandLine.${system}-${process.arch}`;
}

/** Brings the compiler with `dotnet restore`; undefined where there is no dotnet or no feed. */
export function restoreFromNuGet(machine: Machine): string | undefined {
  mkdirSync(machine.toolsFolder, { recursive: true });
  const project = join(machine.toolsFolder, 'bicep.csproj');
  writeFileSync(
    project,
    `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <RestorePackagesPath>packages</RestorePackagesPath>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="${packageName()}" Version="[${BICEP_VERSION}]" />
  </ItemGroup>
</Project>
`,
  );
  const run = spawnSync('dotnet', ['restore', project, '--verbosity', 'quiet'], {
    encoding: 'utf8',
    env: { ...machine.environment, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
  });
  if (run.status !== 0) return undefined;
  return lookForBicep(machine);
}

if (import.meta.main) {
  const compiler = findBicep();
  if (!compiler) {
    console.error(NO_BICEP);
    process.exit(1);
  }
  process.exit(spawnSync(compiler, process.argv.slice(2), { stdio: 'inherit' }).status ?? 1);
}
