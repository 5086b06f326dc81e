import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startHost } from '../../../local/host/startHost.ts';
import { buildApp } from '../../../local/make/build.ts';

const MODULE = join(import.meta.dirname, '../../../local/func/startFunc.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-func-'));
  await writeFile(join(folder, 'local.settings.example.json'), '{"IsEncrypted":false,"Values":{}}');
  await mkdir(join(folder, 'bin'));
});
afterEach(() => rm(folder, { recursive: true }));

const command = async (name: string, script: string): Promise<void> => {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
};
const run = () =>
  spawnSync(
    process.execPath,
    [
      '-e',
      `import(${JSON.stringify(MODULE)})
        .then(({ startFunc }) => startFunc(${JSON.stringify(folder)}, ['--port', '7072']))
        .then((code) => process.exit(code))`,
    ],
    { encoding: 'utf8', env: { PATH: `${join(folder, 'bin')}:/bin:/usr/bin:${dirname(process.execPath)}` } },
  );

const STAND_IN = `
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
const { BlobServiceClient } = createRequire(${JSON.stringify(MODULE)})('@azure/storage-blob');
const images = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true').getContainerClient('images');
createServer(async (call, answer) => {
  let text = '';
  for await (const chunk of call) text += chunk;
  const [event] = JSON.parse(text);
  const { validationCode } = event.data;
  answer.end(JSON.stringify({ validationResponse: validationCode }));
  if (validationCode !== undefined) return;
  console.log('event of ' + event.subject);
  process.exit(0);
}).listen(Number(process.argv[2]), '127.0.0.1');
await images.getBlockBlobClient('a b.png').upload('x', 1);
`;

describe('startFunc', () => {
  it('runs func from the path in the folder of the app, with settings made from the example', async () => {
    await command('func', 'echo "func $* in $(pwd -P)"');
    const { status, stdout } = run();
    expect(stdout).toMatch(/func start --port 7072 in .*start-func-/);
    expect(await readFile(join(folder, 'local.settings.json'), 'utf8')).toBe('{"IsEncrypted":false,"Values":{}}');
    expect(status).toBe(0);
  });

  it('leaves settings alone that are there', async () => {
    await command('func', 'true');
    await writeFile(join(folder, 'local.settings.json'), '{"mine":true}');
    run();
    expect(await readFile(join(folder, 'local.settings.json'), 'utf8')).toBe('{"mine":true}');
  });

  it('gives the development storage of the example its containers, and the host the events of uploads', async () => {
    const example = join(import.meta.dirname, '../../../local.settings.example.json');
    await copyFile(example, join(folder, 'local.settings.example.json'));
    // Stands in for the host: uploads a picture, takes the handshake and the event, prints where the picture lies.
    await writeFile(join(folder, 'host.mjs'), STAND_IN);
    await command('func', `[ "$1" != start ] || exec ${process.execPath} ${join(folder, 'host.mjs')} $3`);
    const { status, stdout, stderr } = run();
    expect(stdout).toContain('uploads raise events');
    expect(stdout + stderr).toContain('event of /blobServices/default/containers/images/blobs/a b.png');
    expect(status).toBe(0);
  });

  it('asks npx for a pinned version when func is not on the path, and says what to do when that fails', async () => {
    await command('func', 'exit 127');
    await command('npx', 'echo "npx $*"; exit 1');
    const { status, stdout, stderr } = run();
    expect(stdout).toContain('npx --yes -p azure-functions-core-tools@4.15.1 func start --port 7072');
    expect(stderr).toContain('The Functions host did not run (it ended with 1). Install Azure Functions Core Tools 4');
    expect(status).toBe(1);
  });
});

describe('local.settings.example.json', () => {
  it('is enough for a host to start the app', async () => {
    const project = join(import.meta.dirname, '../../..');
    // Below the project, so that the bundle finds its native libraries.
    await mkdir(join(project, '.local'), { recursive: true });
    const app = await mkdtemp(join(project, '.local', 'example-'));
    onTestFinished(() => rm(app, { recursive: true }));
    await buildApp({ outfile: join(app, 'dist', 'main.cjs') });
    for (const file of ['host.json', 'package.json']) await copyFile(join(project, file), join(app, file));
    await copyFile(join(project, 'local.settings.example.json'), join(app, 'local.settings.json'));
    // What would open the storage at once is left out; there is none.
    const triggers = ['onImageUploaded', 'onAnalysisDue', 'onTimer'];
    const off = Object.fromEntries(triggers.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true']));
    const host = await startHost({ folder: app, settings: off, graceSeconds: 0 });
    onTestFinished(host.stop);
    expect(host.errors).toEqual([]);
    const health = await fetch(`${host.url}/api/health`);
    expect(await health.json()).toMatchObject({ status: 'ok' });
  });
});
