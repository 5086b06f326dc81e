import { spawn, spawnSync } from 'node:child_process';
import { constants, copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildApp } from './build.ts';

const PROJECT_FOLDER = resolve(import.meta.dirname, '..');
const CORE_TOOLS = 'azure-functions-core-tools@4.15.1';

/**
 * `npm run start:func`: the same bundle in the real Functions host. `func` is taken from the path, else fetched by npx; it
 * stands in no list of dependencies, for its installation downloads the host.
 */
await buildApp();
await makeLocalSettings();
const [command, ...before] = findCoreTools();
const child = spawn(command, [...before, 'start', ...process.argv.slice(2)], { cwd: PROJECT_FOLDER, stdio: 'inherit' });
child.on('error', (error) => explain(error.message));
child.on('exit', (code, signal) => {
  // npx ends with 1 when it cannot fetch the package, as func does when it cannot start: both have said why by then.
  if (code !== 0 && signal === null) explain(`it ended with ${code}`);
  process.exitCode = code ?? 1;
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));

async function makeLocalSettings(): Promise<void> {
  const example = join(PROJECT_FOLDER, 'local.settings.example.json');
  try {
    await copyFile(example, join(PROJECT_FOLDER, 'local.settings.json'), constants.COPYFILE_EXCL);
    console.log('local.settings.json was made from local.settings.example.json; change it as you need.');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function findCoreTools(): [string, ...string[]] {
  const found = spawnSync('func', ['--version'], { encoding: 'utf8' });
  if (found.status === 0) return ['func'];
  console.log(`func is not on the path; fetching ${CORE_TOOLS}.`);
  return ['npx', '--yes', '-p', CORE_TOOLS, 'func'];
}

function explain(reason: string): void {
  console.error(
    `The Functions host did not run (${reason}). Install Azure Functions Core Tools 4 so that "func" is on the path, ` +
      'or let npx reach the registry and the download; "npm start" needs neither.',
  );
}
