import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { ANALYSIS_EXAMPLE } from '../../shared/http/openApi/analysisSchema.ts';
import { API_CALLS } from '../../shared/http/openApi/openApiDocument.ts';
import { numberedPdf } from '../support/documents.ts';
import { plainPng, startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

/** The examples of docs/http.md, run as they stand there. */

const run = promisify(execFile);
const PAGE = await readFile(resolve(import.meta.dirname, '..', '..', 'docs', 'http.md'), 'utf8');
const SHELL_LINES = [...PAGE.matchAll(/```sh\n(.*?)```/gs)].flatMap(
  ([, lines = '']) => lines.match(/^[^#\n].*$/gm) ?? [],
);
const [SCRIPT = ''] = [...PAGE.matchAll(/```ts\n(.*?)```/gs)].map(([, lines = '']) => lines);

let cloud: TestCloud;
let folder: string;
let environment: Record<string, string>;
const until = (isSo: () => Promise<boolean>): Promise<void> =>
  vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 90_000, interval: 200 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'http-page-'));
  await writeFile(join(folder, 'picture.png'), await plainPng(90, 60, '#246813'));
  await writeFile(join(folder, 'contract.pdf'), await numberedPdf(3));
  cloud = await startTestCloud({
    keys: 'enforced',
    settings: { INLINE_WAIT_MS: '0' },
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.flatMap((each) => [
        { ...each, tokensPerMinute: 200_000 },
        ...(region.name === 'australiaeast' ? [{ ...each, deployment: 'tiny', tokensPerMinute: 2_500 }] : []),
      ]),
    })),
  });
  const key = cloud.host.keys?.hostKey ?? '';
  environment = { PATH: process.env.PATH ?? '', ARGUS: cloud.host.url, KEY: key };
  const headers = { 'x-functions-key': key };
  const listed = async (name: string): Promise<TestAnalysis | undefined> => {
    const page = await cloud.call(`/api/analyses?prefix=${name}`, { headers });
    return ((await page.json()) as { analyses: TestAnalysis[] }).analyses[0];
  };
  await cloud.upload('valley.jpg', await plainPng(91, 60, '#246814'));
  await until(async () => (await listed('valley'))?.status === 'succeeded');
  // The first takes the whole minute of the deployment that they ask for, so that the second waits.
  for (const name of ['first.png', 'held.png']) {
    await cloud.upload(name, await plainPng(90 + name.length, 60, '#246815'), { model: 'tiny-australiaeast' });
    if (name === 'first.png') await until(async () => (await listed('first'))?.status === 'succeeded');
  }
  await until(async () => (await listed('held'))?.status === 'waiting');
  const [ID = '', CANCELLED = ''] = [(await listed('valley'))?.id, (await listed('held'))?.id];
  await cloud.call('/api/analyses/cancel', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ ids: [CANCELLED] }),
  });
  environment = { ...environment, ID, CANCELLED };
});
afterAll(async () => {
  await cloud?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('docs/http.md', () => {
  it.each(SHELL_LINES)('has a line that works: %s', async (line) => {
    const { stdout } = await run('sh', ['-c', `${line} -w '\n%{http_code}'`], { cwd: folder, env: environment });
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^20[02]$/);
  });

  it('has TypeScript that works', async () => {
    const file = join(folder, 'example.ts');
    await writeFile(file, `import { readFile } from 'node:fs/promises';\n${SCRIPT}`);
    const { stdout } = await run(process.execPath, [file], { cwd: folder, env: environment });
    expect(stdout).toContain('#');
  });

  it('shows an analysis as it is described, and a problem as it comes', async () => {
    const [analysis, problem] = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text));
    expect(analysis).toEqual(ANALYSIS_EXAMPLE);
    const answer = await cloud.call('/api/analyze', {
      method: 'POST',
      headers: { 'x-functions-key': environment.KEY ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ image: { blob: 'valley.jpg' }, task: 'colour', quality: 'best' }),
    });
    expect(await answer.json()).toEqual(problem);
  });

  it('shows the problem of a blob whose analysis failed, as each later call has it', async () => {
    const examples = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text));
    const example = examples.find(({ code }) => code === 'answer-unusable');
    await cloud.upload('hopeless.png', await plainPng(97, 60, '#246817'));
    for (const region of cloud.regions?.all ?? [])
      region.setFaults({ standing: { kind: 'answer', text: 'I cannot say.' } });
    const call = (): Promise<Response> =>
      cloud.call('/api/analyze', {
        method: 'POST',
        headers: { 'x-functions-key': environment.KEY ?? '', 'content-type': 'application/json' },
        body: JSON.stringify({ image: { blob: 'hopeless.png' }, task: 'describe' }),
      });
    await call();
    for (const region of cloud.regions?.all ?? []) region.setFaults({});
    const problem = (await (await call()).json()) as { id: string };
    const { id } = problem;
    expect(problem).toEqual({
      ...JSON.parse(JSON.stringify(example).replaceAll(example.id, id)),
      detail: expect.stringContaining(` POST /analyses/${id}/retry runs it again.`),
      costUsd: expect.any(Number),
    });
    const record = await cloud.call(`/api/analyses/${id}`, { headers: { 'x-functions-key': environment.KEY ?? '' } });
    expect(await record.json()).toMatchObject({ id, status: 'failed', cost: { usd: expect.any(Number) } });
  });

  it('has an example of every call', () => {
    const shown = [...SHELL_LINES, SCRIPT].join('\n').replaceAll(/\$(?:ID|CANCELLED)\b/g, '{id}');
    const missing = API_CALLS.filter(
      ({ path }) => !new RegExp(`/api${path.replace('{id}', '\\{id\\}')}["?\`]`).test(shown),
    );
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('says what to do on every status', () => {
    const statuses = API_CALLS.flatMap(({ answers, problems }) => [...Object.keys(answers).map(Number), ...problems]);
    const missing = [...new Set([...statuses, 401, 403, 500])].filter((status) => !PAGE.includes(`\n| ${status} |`));
    expect(missing).toEqual([]);
  });
});
