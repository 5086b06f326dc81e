import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { seedRegions } from '../../../local/regions/regionOptions.ts';
import { chatAbout, plainPng } from './cloud.ts';

const program = fileURLToPath(new URL('../../../local/regions/main.ts', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'regions-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** The first lines that it writes, up to one that this finds. */
  readonly says: (last: RegExp) => Promise<string>;
  readonly errors: () => string;
}

function start(...words: readonly string[]): Started {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [said, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return {
    child,
    ended: new Promise((resolve) => child.once('close', resolve)),
    says: async (last) => {
      await expect.poll(() => said).toMatch(last);
      return said;
    },
    errors: () => errors,
  };
}

async function fileOf(name: string, content: unknown): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** In the form of VISION_DEPLOYMENTS, with what means nothing here. */
const POOL = [
  {
    ...{ name: 'gpt-4o-west', deployment: 'vision', endpoint: 'https://mine.openai.azure.com', region: 'westus' },
    ...{ model: 'gpt-4o', version: '2024-11-20', sku: 'GlobalStandard', tokensPerMinute: 30_000 },
  },
  { name: 'thinker', region: 'westus', model: 'gpt-5.1', version: '2025-11-13', tokensPerMinute: 20_000 },
  { name: 'llava', region: 'here', model: 'llava', version: '1', like: 'gpt-4o@2024-11-20', tokensPerMinute: 1_000 },
];

describe('npm run regions', () => {
  it("serves the seed's four regions: their endpoints, deployments, and a curl line that works", async () => {
    const { child, ended, says } = start('--port', '0', '--answers', 'fixed');
    const said = await says(/^curl .*\n/m);
    for (const { name } of seedRegions()) {
      expect(said).toMatch(
        new RegExp(`^${name}: http://127\\.0\\.0\\.1:\\d+, steered at http://127\\.0\\.0\\.1:\\d+/__control$`, 'm'),
      );
    }
    expect(said.match(/^ {2}gpt-4-vision-preview \(gpt-4 vision-preview\): 10,000 tokens a minute$/gm)).toHaveLength(4);
    const script = said.split('\n').filter((line) => /^(?:TOKEN=|curl )/.test(line));
    const { stdout } = await promisify(execFile)('bash', ['-c', script.join('\n')]);
    expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('serves the regions of a file to the real client, and meters them by their quota', async () => {
    const { says } = start('--port', '0', '--answers', 'fixed', '--deployments', await fileOf('pool.json', POOL));
    const said = await says(/^curl .*\n/m);
    expect(said).toMatch(
      /^westus: .*\n {2}vision \(gpt-4o 2024-11-20\): 30,000 .*\n {2}thinker \(gpt-5\.1 2025-11-13\): /m,
    );
    const client = (region: string): OpenAI =>
      new OpenAI({
        baseURL: `${new RegExp(`^${region}: (\\S+),`, 'm').exec(said)?.[1]}/openai/v1`,
        apiKey: /^TOKEN=(.+)$/m.exec(said)?.[1] ?? '',
        maxRetries: 0,
      });
    const image = await plainPng();
    const answer = await client('westus').chat.completions.create(chatAbout(image, { model: 'vision' }));
    expect(answer.model).toBe('gpt-4o-2024-11-20');
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(255);
    const ask = () => client('here').chat.completions.create(chatAbout(image, { model: 'llava', max_tokens: 700 }));
    expect((await ask()).choices).toHaveLength(1);
    await expect(ask()).rejects.toMatchObject({ status: 429 });
  });

  it('counts as strictly as it is asked to', async () => {
    const strict = ['--count-by', 'charactersWithBase64', '--image-tokens', '--window', 'fixed', '--slice-ms', '1000'];
    const { says } = start('--port', '0', '--json', '--latency-ms', '5', ...strict);
    const { regions } = JSON.parse(await says(/\n/)) as { readonly regions: readonly { readonly control: string }[] };
    const config = await (await fetch(`${regions[0]?.control}/config`)).json();
    expect(config).toMatchObject({
      ...{ admission: { countBy: 'charactersWithBase64' }, tellsImageTokens: true, window: 'fixed' },
      ...{ requestSliceMs: 1_000, latencyMs: 5, answers: 'ocr' },
    });
  });

  it('says to programs in one line where it is, ends with their standard input, and leaves the charges', async () => {
    const charges = path.join(folder, 'charges.jsonl');
    const { child, ended, says } = start('--json', '--port', '0', '--answers', 'fixed', '--charges', charges);
    const { identity, regions } = JSON.parse(await says(/\n/)) as {
      readonly identity: { readonly url: string; readonly header: string };
      readonly regions: readonly { readonly name: string; readonly endpoint: string }[];
    };
    const query = 'api-version=2019-08-01&resource=https://cognitiveservices.azure.com';
    const granted = await fetch(`${identity.url}?${query}`, { headers: { 'x-identity-header': identity.header } });
    const { access_token } = (await granted.json()) as { readonly access_token: string };
    const answer = await fetch(`${regions[0]?.endpoint}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
      body: JSON.stringify(chatAbout(await plainPng(), { model: 'gpt-4-vision-preview' })),
    });
    expect(answer.status).toBe(200);
    child.stdin?.end();
    expect(await ended).toBe(0);
    expect(await readFile(charges, 'utf8')).toMatch(/^\{.*"region":"australiaeast".*"status":200.*\}\n$/);
  });

  it('listens on the ports behind the first, and names each that is taken', async () => {
    const { taken, port } = await takeLastOfFive();
    onTestFinished(() => void taken.close());
    const { ended, errors } = start('--port', String(port - 4));
    expect(await ended).toBe(1);
    expect(errors()).toBe(
      `Port ${port} is not free: another program is using it. Choose another with --port N; 0 takes any.\n`,
    );
  });

  it.each([
    ['no file', undefined, /^--deployments .*: the file does not exist\.\n$/],
    ['no JSON', '[{"name"', /^--deployments .* is not valid JSON: .*\n$/],
    [
      'entries that lack something',
      [
        { ...POOL[0], region: 7 },
        { ...POOL[1], tokensPerMinute: 0 },
      ],
      /entry 0, region: .*\n.*entry 1, tokensPerMinute: .*\n$/,
    ],
    [
      'an unknown model and a name that stands twice',
      [POOL[0], POOL[0], { ...POOL[1], model: 'gpt-9' }],
      /entry 1: westus has a deployment vision already\.\n.*entry 2: The emulated regions do not know gpt-9@.*\n$/,
    ],
  ])('says of a list with %s all that is wrong', async (_, content, sentences) => {
    const file = content === undefined ? path.join(folder, 'none.json') : await fileOf('wrong.json', content);
    const { ended, errors } = start('--deployments', file);
    expect(await ended).toBe(1);
    expect(errors()).toMatch(sentences);
    expect(errors()).not.toMatch(/\n {4}at /);
  });
});

/** A server on the last of five ports of which the others are free: below the range from which a system gives any port. */
async function takeLastOfFive(): Promise<{ readonly taken: Server; readonly port: number }> {
  const first = 20_000 + (process.pid % 1_000) * 10;
  for (let port = first + 4; ; port += 5) {
    const servers = await Promise.all([0, 1, 2, 3, 4].map((before) => listenOn(port - before)));
    const [taken, ...others] = servers;
    await Promise.all(others.map((server) => server && new Promise((done) => server.close(done))));
    if (taken && others.every((server) => server !== undefined)) return { taken, port };
    taken?.close();
  }
}

function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((settle) => {
    server.once('error', () => settle(undefined));
    server.listen(port, '127.0.0.1', () => settle(server));
  });
}
