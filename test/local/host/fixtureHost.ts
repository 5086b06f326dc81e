import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { type StartedHost, type StartHostOptions, startHost } from '../../../local/host/startHost.ts';
import { buildApp } from '../../../local/make/build.ts';

export const FIXTURE_APP = join(import.meta.dirname, 'fixtureApp');

/** What the fixture's functions print of their inputs. */
export interface Seen {
  readonly function: string;
  readonly input: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface FixtureHost extends StartedHost {
  readonly lines: readonly string[];
  seen(functionName: string): Seen[];
  /** How many functions ran at once when each of them began, in order. */
  runningAtOnce(): number[];
  /** Lets functions end that are held, or will be. */
  release(...names: string[]): Promise<void>;
}

/** Settings under which the fixture needs no storage. */
export const WITHOUT_STORAGE = {
  FIXTURE_ROUTE: 'set/here',
  FIXTURE_QUEUE: 'work',
  FIXTURE_SCHEDULE: '0 0 0 1 1 *',
  'AzureWebJobs.onReference.Disabled': 'true',
  'AzureWebJobs.onBytes.Disabled': 'true',
  'AzureWebJobs.onMessage.Disabled': '1',
  'AzureWebJobs.everySecond.Disabled': 'true',
};

/** A folder as it is deployed: the fixture in one bundle, package.json, host.json. */
export async function deployFixture(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'fixture-app-'));
  await buildApp({ entry: join(FIXTURE_APP, 'functions/main.ts'), outfile: join(folder, 'dist/main.cjs') });
  await copyFile(join(FIXTURE_APP, 'host.json'), join(folder, 'host.json'));
  await writeFile(join(folder, 'package.json'), '{ "main": "dist/main.cjs" }');
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts the fixture and keeps what it writes. The caller stops it. */
export async function startFixture(options: StartHostOptions): Promise<FixtureHost> {
  const lines: string[] = [];
  const host = await startHost({ graceSeconds: 5, ...options, onLine: (line) => lines.push(line) });
  const seen = (functionName: string): Seen[] =>
    lines
      .filter((line) => line.startsWith('seen '))
      .map((line) => JSON.parse(line.slice(5)) as Seen)
      .filter((one) => one.function === functionName);
  const runningAtOnce = (): number[] =>
    lines.filter((line) => line.startsWith('running ')).map((line) => Number(line.slice(8)));
  const release = async (...names: string[]): Promise<void> => {
    for (const name of names) {
      await fetch(`${host.url}/api/release/${encodeURIComponent(name)}`, { method: 'POST' });
    }
  };
  return { ...host, lines, seen, runningAtOnce, release };
}

/** As `startFixture`, for one test only. */
export async function startFixtureForTest(options: StartHostOptions): Promise<FixtureHost> {
  const host = await startFixture(options);
  onTestFinished(() => host.kill());
  return host;
}

/** Waits for what must come, however long the machine takes. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 90_000, interval: 20 });
}
