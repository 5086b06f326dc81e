import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandLineOrExit } from '../../local/process/commandLine.ts';
import { text, wholeNumber } from '../../local/process/options.ts';
import { drawMutants, keyOf, type Mutant } from './drawnMutants.ts';

/** Rooms of shared/ that decide; the tests of each are in the folder of its name. */
const ROOMS = ['pool', 'records', 'money', 'pipeline', 'modelCalls', 'results', 'vision', 'http', 'tasks', 'tokens'];
/** Quick tests that hold several rooms together. */
const SHARED_TESTS = ['contracts', 'backlog', 'upkeep', 'requests', 'estimates'];
/** Texts: the words of prompts and messages are not decisions, and the type check holds the others. */
const LEFT_OUT = ['StringLiteral'];

const { values, operands } = commandLineOrExit({
  name: 'npm run mutate',
  does: `Changes the code at random places, one at a time, and says whether a test noticed: a JSON line for each change as
soon as it is known, and at the end one for each room with its counts. Stryker makes the changes; the same seed draws the same
ones.`,
  operands: { word: 'ROOM', says: `a folder of shared/; all without one`, least: 0, most: ROOMS.length, known: ROOMS },
  options: {
    seed: wholeNumber('of the draw', { least: 1, fallback: 1 }),
    count: wholeNumber('changes to try in each room', { least: 1, fallback: 50 }),
    without: text('FILES', 'tests that are left out, for speed, separated by commas'),
  },
});

const rooms = operands.length > 0 ? operands : ROOMS;
const drawn = (await Promise.all(rooms.map(async (room) => drawMutants(await mutantsOf(room), values)))).flat();
process.exitCode = runStryker();

/** Every change that Stryker knows to make in a room. */
async function mutantsOf(room: string): Promise<readonly Mutant[]> {
  // They are installed for this command alone: no import may name them.
  const [injection, stryker] = ['typed-inject', '@stryker-mutator/instrumenter'];
  const { createInjector } = await import(injection);
  const { createInstrumenter } = await import(stryker);
  const silent = new Proxy({}, { get: () => () => undefined });
  const instrumenter = createInjector().provideValue('logger', silent).injectFunction(createInstrumenter);
  const files = globSync(`shared/${room}/**/*.ts`).map((name) => {
    return { name: name.replaceAll('\\', '/'), content: readFileSync(name, 'utf8'), mutate: true };
  });
  const options = { ignorers: [], excludedMutations: LEFT_OUT, noHeader: true, plugins: [] };
  const { mutants } = await instrumenter.instrument(files, options);
  return mutants.filter(({ status }: { readonly status?: string }) => status !== 'Ignored');
}

function runStryker(): number {
  const folder = mkdtempSync(join(tmpdir(), 'argus-mutate-'));
  const settings = join(folder, 'stryker.json');
  writeFileSync(
    settings,
    JSON.stringify({
      testRunner: 'vitest',
      vitest: { configFile: 'test/mutation/vitest.config.ts', pool: 'forks' },
      // It would rewrite the file by an interface that TypeScript 7 no longer has.
      tsconfigFile: 'none.json',
      mutate: drawn.map(rangeOf),
      mutator: { excludedMutations: LEFT_OUT },
      plugins: ['@stryker-mutator/vitest-runner', resolve(import.meta.dirname, 'plugins.ts')],
      checkers: ['drawn'],
      // What runs once, as its file is loaded, would need all tests in a new process for each change.
      ignoreStatic: true,
      coverageAnalysis: 'perTest',
      concurrency: 1,
      // Generous: what ends by time counts as noticed, and a busy machine must not make it so.
      timeoutMS: 60_000,
      dryRunTimeoutMinutes: 30,
      ignorePatterns: ['.tools', '.local', 'dist'],
      tempDirName: join(folder, 'copy'),
      reporters: ['lines', 'progress-append-only'],
    }),
  );
  const tests = {
    MUTATION_TESTS: [...rooms, ...SHARED_TESTS].join(','),
    MUTATION_WITHOUT: JSON.stringify(values.without?.split(',') ?? []),
    MUTATION_DRAWN: JSON.stringify(drawn.map(keyOf)),
    MUTATION_SEED: String(values.seed),
  };
  const env = { ...process.env, ...tests };
  // Stryker writes about itself to standard output; the results go to the third file of the process, which is ours.
  const bin = 'node_modules/@stryker-mutator/core/bin/stryker.js';
  const { status } = spawnSync(process.execPath, [bin, 'run', settings], { stdio: ['ignore', 2, 2, 1], env });
  return status ?? 1;
}

/** Only what is drawn is built in: the rest of the code runs as fast as it is. */
function rangeOf({ fileName, location: { start, end } }: Mutant): string {
  return `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
}
