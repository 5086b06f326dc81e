import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startHost } from '../../../local/host/startHost.ts';
import {
  deployFixture,
  eventually,
  type FixtureHost,
  startFixture,
  startFixtureForTest,
  WITHOUT_STORAGE,
} from './fixtureHost.ts';

let app: Awaited<ReturnType<typeof deployFixture>>;
let host: FixtureHost;
let keysFolder: string;

beforeAll(async () => {
  app = await deployFixture();
  keysFolder = await mkdtemp(join(tmpdir(), 'fixture-keys-'));
  const keysFile = join(keysFolder, 'keys.json');
  host = await startFixture({ folder: app.folder, settings: WITHOUT_STORAGE, keys: 'enforced', keysFile });
});

afterAll(async () => {
  await host.kill();
  await app.remove();
  await rm(keysFolder, { recursive: true });
});

const statusOf = async (path: string, init?: RequestInit): Promise<[number, string]> => {
  const answer = await fetch(`${host.url}${path}`, init);
  return [answer.status, await answer.text()];
};
const withKey = (key: string | undefined): RequestInit => ({ headers: { 'x-functions-key': key ?? '' } });

describe('keys', () => {
  it('are not asked for by an anonymous function', async () => {
    expect(await statusOf('/api/nothing')).toEqual([204, '']);
  });

  it.each([
    ['no key', ''],
    ['a wrong key', 'wrong'],
  ])('give an empty 401 for %s', async (_what, key) => {
    expect(await statusOf('/api/forFunction', withKey(key))).toEqual([401, '']);
    expect(await statusOf(`/api/forFunction?code=${key}`)).toEqual([401, '']);
  });

  it('open a function by its own key, the host key or the master key, as header or as ?code=', async () => {
    const { keys } = host;
    for (const key of [keys?.functionKeys.forFunction, keys?.hostKey, keys?.masterKey]) {
      expect(await statusOf('/api/forFunction', withKey(key))).toEqual([200, 'function']);
      expect(await statusOf(`/api/forFunction?code=${key}`)).toEqual([200, 'function']);
    }
  });

  it('of one function do not open another', async () => {
    expect(await statusOf('/api/forFunction', withKey(host.keys?.functionKeys.echo))).toEqual([401, '']);
  });

  it('open an admin function by the master key alone', async () => {
    expect(await statusOf('/api/forAdmin', withKey(host.keys?.functionKeys.forAdmin))).toEqual([401, '']);
    expect(await statusOf('/api/forAdmin', withKey(host.keys?.hostKey))).toEqual([401, '']);
    expect(await statusOf('/api/forAdmin', withKey(host.keys?.masterKey))).toEqual([200, 'admin']);
  });

  it('are asked for only where there is a function: 404 comes first', async () => {
    expect(await statusOf('/api/none')).toEqual([404, '']);
  });

  it('stay the same over starts when they are kept in a file', async () => {
    const keysFile = join(keysFolder, 'keys.json');
    const kept = JSON.parse(await readFile(keysFile, 'utf8'));
    expect(kept).toEqual(host.keys);
    const again = await startHost({ folder: app.folder, settings: WITHOUT_STORAGE, keys: 'enforced', keysFile });
    await again.kill();
    expect(again.keys).toEqual(kept);
  });

  it('of the blob extension, or the master key, open the webhook', async () => {
    const path = '/runtime/webhooks/blobs?functionName=Host.Functions.x';
    const validation = {
      method: 'POST',
      headers: { 'aeg-event-type': 'SubscriptionValidation' },
      body: JSON.stringify([{ data: { validationCode: 'abc' } }]),
    };
    expect(await statusOf(path, validation)).toEqual([401, '']);
    expect(await statusOf(`${path}&code=${host.keys?.hostKey}`, validation)).toEqual([401, '']);
    for (const key of [host.keys?.systemKeys.blobs_extension, host.keys?.masterKey]) {
      expect(await statusOf(`${path}&code=${key}`, validation)).toEqual([200, '{"validationResponse":"abc"}']);
    }
  });
});

describe('what the host itself serves', () => {
  it('is a page at its root, for anybody', async () => {
    const answer = await fetch(`${host.url}/`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await answer.text()).toContain('is up and running');
  });

  it('is no page at its root with AzureWebJobsDisableHomepage', async () => {
    const settings = { ...WITHOUT_STORAGE, AzureWebJobsDisableHomepage: 'true' };
    const plain = await startFixtureForTest({ folder: app.folder, settings });
    const answer = await fetch(`${plain.url}/`);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  it('says that it runs, to the master key', async () => {
    expect(await statusOf('/admin/host/status')).toEqual([401, '']);
    const [status, text] = await statusOf('/admin/host/status', withKey(host.keys?.masterKey));
    expect([status, JSON.parse(text)]).toMatchObject([200, { state: 'Running' }]);
  });

  it.each(['/runtime/health', '/runtime/health/live', '/runtime/health/ready'])(
    'says at %s that it is healthy',
    async (path) => {
      expect(await statusOf(path)).toEqual([200, '{"status":"Healthy"}']);
    },
  );

  it('answers 404 to running a function that there is not, and 400 to one that is called over HTTP', async () => {
    const post = { method: 'POST', ...withKey(host.keys?.masterKey), body: '{}' };
    expect(await statusOf('/admin/functions/none', post)).toEqual([404, '']);
    expect((await statusOf('/admin/functions/echo', post))[0]).toBe(400);
  });
});

describe('starting and ending', () => {
  it('names the functions, those that are disabled, and how long registering took', () => {
    expect(host.functions).toContain('echo');
    expect(host.functions).not.toContain('onMessage');
    expect(host.lines.join('\n')).toContain("Function 'onMessage' is disabled.");
    expect(host.registeredMs).toBeGreaterThan(0);
  });

  it('runs the start hooks before it serves', () => {
    expect(host.lines).toContain('hook appStart');
  });

  it('leaves out a function whose setting is missing, and goes on with the others', async () => {
    const settings = { ...WITHOUT_STORAGE, FIXTURE_ROUTE: undefined };
    const partial = await startFixture({ folder: app.folder, settings });
    const answer = await fetch(`${partial.url}/api/items/7`);
    await partial.kill();
    expect(partial.errors).toEqual([
      "The 'setting' function is in error: '%FIXTURE_ROUTE%' does not resolve to a value.",
    ]);
    expect(answer.status).toBe(200);
  });

  it('takes the Values of local.settings.json where no app setting says otherwise', async () => {
    const file = join(app.folder, 'local.settings.json');
    const values = { FIXTURE_ROUTE: 'from/the/file', FIXTURE_QUEUE: 'another' };
    await writeFile(file, JSON.stringify({ IsEncrypted: false, Values: values }));
    const settings = { ...WITHOUT_STORAGE, FIXTURE_ROUTE: undefined };
    const local = await startFixtureForTest({ folder: app.folder, settings });
    expect((await fetch(`${local.url}/api/from/the/file`)).status).toBe(200);

    await writeFile(file, JSON.stringify({ IsEncrypted: true, Values: {} }));
    await expect(startHost({ folder: app.folder, settings })).rejects.toThrow(
      'local.settings.json is encrypted; run "func settings decrypt" first.',
    );
    await rm(file);
  });

  it('lets a running function finish, then runs the end hooks, then ends with 0', async () => {
    const ending = await startFixture({ folder: app.folder, settings: WITHOUT_STORAGE });
    const answer = fetch(`${ending.url}/api/slowly`);
    await eventually(() => expect(ending.lines.join('\n')).toContain('slowly begins'));
    await ending.stop();
    expect(await (await answer).text()).toBe('done');
    expect(await ending.ended).toBe(0);
    expect(ending.lines.at(-1)).toBe('hook appTerminate');
  });

  it('waits for running functions no longer than the grace', async () => {
    const settings = { ...WITHOUT_STORAGE, FIXTURE_STREAMING: 'true' };
    const ending = await startFixture({ folder: app.folder, settings, graceSeconds: 0 });
    // This call is never answered.
    const answer = fetch(`${ending.url}/api/throws`).catch((error: Error) => error);
    await eventually(() => expect(ending.lines.join('\n')).toContain("Executed 'Functions.throws'"));
    await ending.stop();
    expect(await ending.ended).toBe(0);
    expect(await answer).toBeInstanceOf(Error);
  });

  it('gives up on a function that takes longer than functionTimeout', async () => {
    const settings = { ...WITHOUT_STORAGE, AzureFunctionsJobHost__functionTimeout: '00:00:00.100' };
    const impatient = await startFixtureForTest({ folder: app.folder, settings });
    expect((await fetch(`${impatient.url}/api/slowly`)).status).toBe(500);
    expect(impatient.lines.join('\n')).toContain('Timeout value of 0.1 s was exceeded by function: Functions.slowly');
  });

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((settle) => other.once('listening', settle));
    const { port } = other.address() as { port: number };
    await expect(startHost({ folder: app.folder, port, settings: WITHOUT_STORAGE })).rejects.toThrow(
      `The Functions host cannot listen on port ${port}: another program is using it.`,
    );
    other.close();
  });

  it.each([
    [
      'matches no file',
      { main: 'dist/*.cjs' },
      'Worker was unable to load entry point "dist/*.cjs": Found zero files matching the supplied pattern',
    ],
    ['throws', { main: 'throws.cjs' }, 'Worker was unable to load entry point "throws.cjs": a setting is missing'],
    ['is not there', {}, undefined],
  ])('goes on without a function when "main" of package.json %s, and says why', async (_what, packageJson, reason) => {
    const folder = await mkdtemp(join(tmpdir(), 'fixture-unloaded-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'package.json'), JSON.stringify(packageJson));
    await writeFile(join(folder, 'host.json'), '{}');
    await writeFile(join(folder, 'throws.cjs'), 'throw new Error("a setting is missing");');
    const empty = await startFixtureForTest({ folder });
    expect([empty.functions, empty.errors]).toEqual([[], reason === undefined ? [] : [reason]]);
    const answer = await fetch(`${empty.url}/api/items/7`);
    expect([answer.status, await answer.text()]).toEqual([404, '']);
    if (reason !== undefined) expect(empty.lines.join('\n')).toContain(` information Host.Function.Console: ${reason}`);
    expect(empty.lines.join('\n')).toContain(' warning Host.Startup: No job functions found.');
  });

  it('leaves out the functions that a file registered before it threw', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fixture-unloaded-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const bundle = await readFile(join(app.folder, 'dist/main.cjs'), 'utf8');
    await writeFile(join(folder, 'package.json'), '{ "main": "main.cjs" }');
    await writeFile(join(folder, 'host.json'), '{}');
    await writeFile(join(folder, 'main.cjs'), `${bundle}\nthrow new Error("late");`);
    const empty = await startFixtureForTest({ folder, settings: WITHOUT_STORAGE });
    expect(empty.functions).toEqual([]);
  });
});
