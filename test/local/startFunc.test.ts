import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../local/startFunc.ts');

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

  it('asks npx for a pinned version when func is not on the path, and says what to do when that fails', async () => {
    await command('func', 'exit 127');
    await command('npx', 'echo "npx $*"; exit 1');
    const { status, stdout, stderr } = run();
    expect(stdout).toContain('npx --yes -p azure-functions-core-tools@4.15.1 func start --port 7072');
    expect(stderr).toContain('The Functions host did not run (it ended with 1). Install Azure Functions Core Tools 4');
    expect(status).toBe(1);
  });
});
