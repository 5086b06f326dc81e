import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { pictureText, stableLines } from '../../../local/make/drawRun.ts';
import { startStorage } from '../../../local/storage/startStorage.ts';
import { plainPng } from '../../support/testCloud.ts';
import { isAlive, run, start } from './startProcess.ts';

/** `node local/make/drawRun.ts` draws it again. */
const PICTURE = join(import.meta.dirname, '../../../docs/images/npm-start.svg');
const SAMPLES = join(import.meta.dirname, '../../../local/samples/samples.json');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npm-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string): string => join(folder, name);

describe('npm start on the samples', () => {
  it('--once ends with 0 and prints what the picture in README.md shows; the results hold the words of the samples', async () => {
    const { code, output } = await run('--once', '--port', '0', '--data', place('samples'));
    expect(output).toContain('10 of 10 files are new and were dropped');
    expect(output).toContain('results/text/letter.png.text.json   results/text/letter.png.text.md');
    expect(output).toMatch(/notes\.png\s+rejected .* not-an-image: /);
    expect(code).toBe(0);

    const picture = pictureText(await readFile(PICTURE, 'utf8'));
    expect(stableLines(picture)).toHaveLength(21);
    expect(stableLines(output)).toEqual(stableLines(picture));

    const storage = await startStorage({ azurite: { directory: place('samples') } });
    try {
      const results = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('results');
      const samples = JSON.parse(await readFile(SAMPLES, 'utf8')) as { file: string; words?: string[] }[];
      for (const { file, words = [] } of samples) {
        const blobs = results.listBlobsFlat({ prefix: `${file}.` });
        for await (const { name } of blobs) {
          const text = (await results.getBlobClient(name).downloadToBuffer()).toString('utf8');
          const missing = words.filter((word) => !text.includes(word));
          expect({ name, missing }).toEqual({ name, missing: [] });
        }
      }
    } finally {
      await storage.stop();
    }
  });

  it('a second run makes no model call; the printed lines work when pasted; Ctrl-C leaves nothing behind', async () => {
    const again = start('--enforce-keys', '--port', '0', '--data', place('samples'));
    await again.says('Ctrl-C ends it.');
    expect(again.output()).toContain('0 of 10 files are new');
    expect(again.output()).toContain('results/valley.jpg.analyze.json');

    const lines = again.output().match(/^ {2}curl .*$/gm) ?? [];
    const answers = lines.map((line) => JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as object);
    expect(answers).toEqual([
      expect.objectContaining({ estimates: [expect.objectContaining({ model: 'gpt-4', imageTokens: 765 })] }),
      expect.objectContaining({ status: 'succeeded', task: 'describe' }),
      expect.objectContaining({ analyses: expect.any(Array) }),
    ]);
    const url = /http:\/\/127\.0\.0\.1:\d+\/api/.exec(again.output())?.[0];
    expect((await fetch(`${url}/analyses`)).status).toBe(401);
    // The printed key opens functions, and nothing else.
    const key = /x-functions-key: ([^']+)'/.exec(lines[0] ?? '')?.[1] ?? '';
    const status = await fetch(new URL('/admin/host/status', url), { headers: { 'x-functions-key': key } });
    expect([key, status.status]).toEqual([expect.stringMatching(/^[\w-]{20,}$/), 401]);

    const control = /^Steer westus: (\S+)/m.exec(again.output())?.[1];
    const steered = await fetch(`${control}/faults`, { method: 'PUT', body: '{"standing":{"kind":"capacity"}}' });
    expect([steered.status, await (await fetch(`${control}/faults`)).json()]).toEqual([
      200,
      { script: [], standing: { kind: 'capacity' }, random: null },
    ]);

    const other = await run('--port', '0', '--data', place('samples'));
    expect(other.output).toMatch(/is in use by another run \(process \d+\)\. Give this one a folder with --data DIR\./);

    const below = again.descendants();
    expect(below.length).toBeGreaterThanOrEqual(2);
    again.pressCtrlC();
    expect(await again.ended).toBe(0);
    expect(again.output()).toContain('Stopping.');
    expect(below.filter(isAlive)).toEqual([]);
  });
});

describe('npm start on a folder', () => {
  it('leaves out what cannot be read and says so; events through a queue, twice and out of order, change nothing', async () => {
    await mkdir(place('mine'));
    await writeFile(place("mine/it's mine.png"), await plainPng(40, 30));
    await symlink(place('gone.png'), place('mine/broken.png'));
    await symlink(folder, place('mine/folder.png'));
    const words = ['--ingestion', 'queue', '--duplicates', '--reorder', '--late'];
    const { code, output } = await run(place('mine'), '--once', '--port', '0', '--data', place('mine-data'), ...words);
    expect(output).toContain('broken.png cannot be read and is left out: it leads to a file that does not exist.');
    expect(output).toContain('folder.png cannot be read and is left out: it leads to a folder.');
    expect(output).toContain("results/it's mine.png.analyze.json");
    expect(code).toBe(1);
  });

  it.each(['Built the app', 'Serving http'])(
    'ends all its processes when Ctrl-C comes early: at "%s"',
    async (moment) => {
      const early = start(place('mine'), '--once', '--port', '0', '--data', place(`early-${moment}`));
      await early.says(moment);
      const below = early.descendants();
      early.pressCtrlC();
      expect(await early.ended).not.toBe(0);
      await expect.poll(() => [...below, ...early.descendants()].filter(isAlive)).toEqual([]);
    },
    180_000,
  );
});

describe('npm start -- --deployments FILE', () => {
  const asked: { readonly path: string; readonly authorization: string | undefined; readonly model: unknown }[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer((call, answer) => {
      void readJson(call).then((body) => {
        asked.push({ path: call.url ?? '', authorization: call.headers.authorization, model: body.model });
        const content = JSON.stringify({ title: 'Square', summary: 'A plain square.', details: ['It is blue.'] });
        const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
        const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }];
        answer.setHeader('content-type', 'application/json');
        answer.end(JSON.stringify({ id: 'x', object: 'chat.completion', model: 'llava', choices, usage }));
      });
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  });
  afterAll(() => server.close());

  it("asks a server of one's own that speaks OpenAI's protocol, without a token", async () => {
    const { port } = server.address() as AddressInfo;
    const page = await readFile(join(import.meta.dirname, '../../../docs/local.md'), 'utf8');
    const [example] = JSON.parse(/```json\n([^`]+)```/.exec(page)?.[1] ?? '') as object[];
    await writeFile(place('own.json'), JSON.stringify([{ ...example, endpoint: `http://127.0.0.1:${port}` }]));
    await mkdir(place('own/describe'), { recursive: true });
    await writeFile(place('own/describe/square.png'), await plainPng(50, 50));
    const { code, output } = await run(
      ...[place('own'), '--once', '--port', '0', '--data', place('own-data'), '--deployments', place('own.json')],
    );
    expect(output).toContain('Model calls go to the deployments of your file.');
    expect(output).toContain('results/describe/square.png.describe.json');
    expect(code).toBe(0);
    expect(asked).toEqual([{ path: '/openai/v1/chat/completions', authorization: undefined, model: 'llava' }]);
  });
});

describe('npm start, when it cannot', () => {
  it('names every wrong setting of the app, and ends', async () => {
    vi.stubEnv('HTTP_SHARE', '7');
    vi.stubEnv('DEFAULT_TASK', 'sing');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { code, output } = await run('--once', '--port', '0', '--data', place('wrong-settings'));
    expect(output).toContain('The settings of the app are wrong:\n');
    expect(output).toContain('  HTTP_SHARE: is "7"');
    expect(output).toContain('  DEFAULT_TASK: is "sing"');
    expect(code).toBe(1);
  });

  it('says which port is in use', async () => {
    const server = createServer();
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    const { port } = server.address() as AddressInfo;
    const { code, output } = await run('--port', `${port}`, '--data', place('never'));
    server.close();
    expect(output).toBe(
      `Port ${port} is not free: another program is using it. Choose another with --port N; 0 takes any.\n`,
    );
    expect(code).toBe(1);
  });

  it('explains in one sentence a wrong folder, file or option', async () => {
    await mkdir(place('empty'));
    await writeFile(place('notes.txt'), 'x');
    await writeFile(place('broken.json'), '[{');
    await writeFile(place('wrong.json'), '[{"name":"a"}]');
    const cases: [string, readonly string[]][] = [
      [`${place('empty')} holds no images: no file there ends in .png`, [place('empty')]],
      [`${place('missing')} cannot be read: the folder does not exist.`, [place('missing')]],
      [`${place('notes.txt')} cannot be read: it is a file.`, [place('notes.txt')]],
      [`${place('broken.json')} is not valid JSON: `, ['--deployments', place('broken.json')]],
      [`${place('none.json')}: the file does not exist.`, ['--deployments', place('none.json')]],
      ['VISION_DEPLOYMENTS[0].tokensPerMinute: ', ['--deployments', place('wrong.json')]],
      [`--fresh would delete ${join(folder, '')}`, ['--fresh', '--port', '0', '--data', folder]],
      ['--port 99999 is not a whole number from 0 to 65,535.', ['--port', '99999']],
      ['--ingestion mail is not one of blob, queue.', ['--ingestion', 'mail']],
      ["Unknown option '--colour'.\nnpm start -- --help lists what it takes.\n", ['--colour']],
    ];
    const ran = await Promise.all(cases.map(([, words]) => run(...words)));
    for (const [index, [sentence]] of cases.entries()) expect(ran[index]?.output).toContain(sentence);
    expect(ran.map(({ code }) => code)).toEqual(cases.map(() => 1));
    expect(ran.filter(({ output }) => output.includes('    at '))).toEqual([]);
  });
});

async function readJson(call: IncomingMessage): Promise<{ readonly model?: unknown }> {
  let text = '';
  for await (const chunk of call) text += String(chunk);
  return JSON.parse(text) as { readonly model?: unknown };
}
