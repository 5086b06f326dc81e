import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SmokeRun, smokeTargetFrom, smokeTest } from '../../infra/smokeTest.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { ROOT } from './compile.ts';

const LETTER = 'local/samples/text/letter.png';
const image = readFileSync(join(ROOT, LETTER));

function runOf(changes: Partial<SmokeRun> = {}): SmokeRun & { readonly said: string[] } {
  const said: string[] = [];
  const say = (sentence: string): void => void said.push(sentence);
  return { name: 'smoke-test/letter.png', image, word: '', waitMs: 90_000, pollMs: 100, say, said, ...changes };
}

describe('npm run smoke', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud({ keys: 'enforced' });
  });
  afterAll(() => cloud.stop());

  const environment = () => ({
    API_URL: `${cloud.host.url}/api`,
    API_KEY: cloud.host.keys?.hostKey ?? '',
    IMAGES_STORAGE: cloud.connectionString,
  });

  it('reads the sample by both ways, says by which deployment, and leaves no image behind', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['infra/smokeTest.ts'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...environment() },
    });
    const by = String.raw`read in \d+\.\d s by gpt-4-vision-preview-\w+ in \w+, \d+ tokens, \$0\.\d{5}\.`;
    expect(stdout).toMatch(new RegExp(`^Health: ok at .+\\.\nUpload: ${by}\nHTTP: ${by}\n$`));
    const left: string[] = [];
    for await (const { name } of cloud.container('images').listBlobsFlat()) left.push(name);
    expect(left).toEqual([]);
  });

  it('leaves out the call over HTTP where the app takes no keys', async () => {
    const target = await smokeTargetFrom(environment(), true);
    const run = runOf({ name: 'smoke-test/upload-only.png' });
    await smokeTest(target, run);
    expect(run.said.at(-1)).toBe('HTTP: left out.');
  });

  it('fails when the answer lacks the word', async () => {
    const target = await smokeTargetFrom(environment(), true);
    const run = runOf({ name: 'smoke-test/word.png', word: 'submarine' });
    await expect(smokeTest(target, run)).rejects.toThrow('The answer does not contain "submarine"');
  });

  it('fails with the code of an image that is rejected', async () => {
    const target = await smokeTargetFrom(environment(), false);
    const run = runOf({ name: 'smoke-test/no-image.png', image: Buffer.from('plain text') });
    await expect(smokeTest(target, run)).rejects.toThrow('The analysis is rejected: not-an-image: ');
  });

  it('fails with the status and the detail of a call that is refused', async () => {
    const target = { ...(await smokeTargetFrom(environment(), false)), key: 'wrong' };
    await expect(smokeTest(target, runOf({ name: 'smoke-test/key.png' }))).rejects.toThrow('HTTP: status 401');
  });
});

describe('smokeTest', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function answering(status: number, body: unknown): Promise<string> {
    const started = createServer((_request, response) => void response.writeHead(status).end(JSON.stringify(body)));
    server = started;
    await new Promise<void>((resolve) => started.listen(0, resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}/api`;
  }

  const nowhere = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');

  it('ends at once with every wrong setting', async () => {
    const apiUrl = await answering(503, { problems: [{ path: 'DEFAULT_TASK', message: 'is "guess".' }] });
    const run = runOf();
    await expect(smokeTest({ apiUrl, blobs: nowhere, key: undefined }, run)).rejects.toThrow(
      'Health: wrong settings: DEFAULT_TASK is "guess".',
    );
  });

  it('waits for an app that starts, and says at the end what it answered', async () => {
    const apiUrl = await answering(502, { error: 'starting' });
    await expect(
      smokeTest({ apiUrl, blobs: nowhere, key: undefined }, runOf({ waitMs: 300, pollMs: 50 })),
    ).rejects.toThrow(`Health: ${apiUrl}/health answered: starting.`);
  });
});

describe('smokeTargetFrom', () => {
  it('names every variable that is missing', async () => {
    await expect(smokeTargetFrom({}, false)).rejects.toThrow(
      'not set: API_URL, IMAGES_ACCOUNT_NAME, AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, FUNCTION_APP_NAME.',
    );
    await expect(smokeTargetFrom({ API_URL: 'https://app/api' }, true)).rejects.toThrow(
      'not set: IMAGES_ACCOUNT_NAME.',
    );
  });

  it('reaches the account with the images by its name, without a key', async () => {
    const target = await smokeTargetFrom({ API_URL: 'https://app/api', IMAGES_ACCOUNT_NAME: 'images1' }, true);
    expect(target.blobs.url).toBe('https://images1.blob.core.windows.net/');
    expect(target.key).toBeUndefined();
  });
});
