import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startChild } from '../../local/process/startChild.ts';

/** Portkey's gateway on this machine. */
export interface Gateway {
  readonly version: string;
  readonly baseUrl: string;
  readonly stop: () => Promise<void>;
}

const PACKAGE = '@portkey-ai/gateway';
const VERSION = '1.15.2';
/** Git ignores it: the gateway is nobody's dependency but this bench's. */
const FOLDER = resolve(import.meta.dirname, '..', '..', '.tools', 'portkey');

/** Installs the gateway where it is missing, and starts it on a free port. */
export async function startGateway(): Promise<Gateway> {
  const script = join(FOLDER, 'node_modules', PACKAGE, 'build', 'start-server.js');
  if (!(await isThere(script))) await install();
  const port = await freePort();
  const child = await startChild({
    name: "Portkey's gateway",
    script,
    arguments: [`--port=${port}`, '--headless'],
    readReady: (line) => (line.includes('Ready for connections') ? true : undefined),
    readyWithinMs: 60_000,
    endWithinMs: 5_000,
  });
  return { version: VERSION, baseUrl: `http://127.0.0.1:${port}/v1`, stop: child.stop };
}

async function install(): Promise<void> {
  const what = ['install', '--no-save', '--ignore-scripts', '--prefix', FOLDER, `${PACKAGE}@${VERSION}`];
  await promisify(execFile)('npm', what, { shell: process.platform === 'win32' });
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

/** The gateway takes no 0 for a port. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}
