import { spawn, spawnSync } from 'node:child_process';
import { constants, copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildApp } from '../make/build.ts';
import { startEmulatedStorage } from './emulatedStorage.ts';

const CORE_TOOLS = 'azure-functions-core-tools@4.15.1';
/** On Windows, commands of npm are scripts that only a shell runs. */
const shell = process.platform === 'win32';

/**
 * Runs an app's folder in the real Functions host, beside the storage that its settings name when that is an emulated one.
 * `func` is taken from the path, else fetched by npx; it stands in no list of dependencies, for its installation downloads
 * the host.
 *
 * @returns the exit code of the host.
 */
export async function startFunc(folder: string, hostArguments: readonly string[]): Promise<number> {
  await makeLocalSettings(folder);
  const storage = await startEmulatedStorage({ folder, hostPort: portOf(hostArguments) });
  const [command, ...before] = findCoreTools();
  const child = spawn(command, [...before, 'start', ...hostArguments], { cwd: folder, stdio: 'inherit', shell });
  // The host gets Ctrl-C from the terminal as well, and says how it ends; this process waits for it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const reason = await new Promise<string | undefined>((settle) => {
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(code === 0 || signal !== null ? undefined : `it ended with ${code}`));
  });
  await storage.stop();
  if (reason === undefined) return 0;
  console.error(
    `The Functions host did not run (${reason}). Install Azure Functions Core Tools 4 so that "func" is on the path, ` +
      'or let npx reach the registry and the download of the host; "npm start" needs neither.',
  );
  return 1;
}

/** Copies local.settings.example.json to local.settings.json, unless there is one. */
async function makeLocalSettings(folder: string): Promise<void> {
  try {
    const example = join(folder, 'local.settings.example.json');
    await copyFile(example, join(folder, 'local.settings.json'), constants.COPYFILE_EXCL);
    console.log('local.settings.json was made from local.settings.example.json; change it as you need.');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Where the host will listen: `--port` or `-p` among its arguments, else its default. */
function portOf(hostArguments: readonly string[]): number {
  const place = hostArguments.findIndex((word) => word === '--port' || word === '-p');
  return place === -1 ? 7071 : Number(hostArguments[place + 1]);
}

function findCoreTools(): [string, ...string[]] {
  if (spawnSync('func', ['--version'], { shell }).status === 0) return ['func'];
  console.log(`func is not on the path; npx fetches ${CORE_TOOLS}.`);
  return ['npx', '--yes', '-p', CORE_TOOLS, 'func'];
}

const HELP = `npm run start:func -- [OPTION OF func start]...

Runs the app in the real Functions host (Azure Functions Core Tools 4), beside the storage that local.settings.json
names when that is the emulated one. Every word is passed on to \`func start\`, for example --port 7072.

  --help   this text`;

if (import.meta.main) {
  if (process.argv.includes('--help')) {
    console.log(HELP);
    process.exit(0);
  }
  await buildApp();
  process.exitCode = await startFunc(resolve(import.meta.dirname, '..', '..'), process.argv.slice(2));
}
