import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimateLocalFolder } from '../../../local/estimate/estimateLocalFolder.ts';
import { estimateTable } from '../../../local/estimate/estimateTable.ts';
import { drawMarkedAs } from '../../image/drawnImages.ts';
import { START_MS } from '../../pool/deployments.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'argus-estimate-'));
  await mkdir(join(folder, 'below'));
  await writeFile(join(folder, 'a.png'), await drawMarkedAs('png'));
  await writeFile(join(folder, 'below', 'b.tif'), await drawMarkedAs('tiff'));
  await writeFile(join(folder, 'note.jpg'), 'A letter.');
});
afterAll(() => rm(folder, { recursive: true }));

describe('estimateLocalFolder', () => {
  it('estimates the files of a folder and those below it, and shows how far it is', async () => {
    const seen: string[] = [];
    const answer = await estimateLocalFolder({
      folder,
      options: { task: 'describe' },
      models: ['gpt-4@vision-preview', 'gpt-4o'],
      tokensPerMinute: 10_000,
      nowMs: START_MS,
      onProgress: (done, of) => seen.push(`${done} of ${of}`),
    });
    expect(answer).toMatchObject({
      images: 2,
      rejected: [{ name: 'note.jpg', code: 'not-an-image' }],
      estimates: [{ model: 'gpt-4o' }, { model: 'gpt-4', imageTokens: 510, cost: { imagesUsd: 0.0051 } }],
    });
    expect(answer.estimates[0]?.minutesAtQuota).toBeGreaterThan(0);
    expect(seen).toEqual(['1 of 3', '2 of 3', '3 of 3']);
    const table = estimateTable(answer);
    expect(table).toMatch(/^2 images, cheapest model first/);
    expect(table).toMatch(/gpt-4@vision-preview +retired +510 /);
    expect(table).toMatch(/1 would be rejected:\n {2}note\.jpg: not-an-image\./);
    expect(table).toMatch(/Of the models:\n(?: {2}.*\n)* {2}gpt-4@vision-preview is retired: choose a newer model/);
  });

  it('counts the pages of documents, or those that are asked for', async () => {
    const samples = resolve('local/samples');
    const counted = async (options: Readonly<Record<string, unknown>>): Promise<readonly [unknown, string]> => {
      const answer = await estimateLocalFolder({ folder: samples, options, models: ['gpt-4o'], nowMs: START_MS });
      return [answer.documents, estimateTable(answer).split(',')[0] ?? ''];
    };
    expect(await counted({})).toEqual([{ files: 2, pages: 5 }, '12 images (5 of them pages of 2 documents)']);
    expect(await counted({ pages: '2-' })).toEqual([
      { files: 2, pages: 3 },
      '10 images (3 of them pages of 2 documents)',
    ]);
  });

  it('says of prices of the same age in one line that they are old', async () => {
    const nowMs = Date.parse('2028-01-01');
    const answer = await estimateLocalFolder({ folder, options: {}, models: ['gpt-5.1', 'gpt-4.1'], nowMs });
    const notes = estimateTable(answer).match(/The prices of .*/g);
    expect(notes).toEqual([
      'The prices of gpt-5.1@2025-11-13, gpt-4.1@2025-04-14 were last checked in 2026; they count as stale after 180 days.',
    ]);
  });

  it('asks about every model that is alive when none is named', async () => {
    const { estimates } = await estimateLocalFolder({ folder, options: {}, nowMs: START_MS });
    expect(estimates.length).toBeGreaterThan(20);
    expect(estimates.filter(({ stage }) => stage === 'retired')).toEqual([]);
  });

  it('reports all problems at once', async () => {
    const wrong = { folder, options: { task: 'look', detail: 'fine' }, models: ['gpt-4p'], nowMs: START_MS };
    await expect(estimateLocalFolder(wrong)).rejects.toMatchObject({
      problems: [{ path: 'models' }, { path: 'detail' }, { path: 'task' }],
    });
  });
});

describe('npm run estimate', () => {
  const run = (...options: readonly string[]) =>
    promisify(execFile)(process.execPath, [resolve('local/estimate/estimate.ts'), ...options]);

  it('prints JSON for programs', async () => {
    const { stdout } = await run(folder, '--models', 'gpt-4o', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ images: 2, estimates: [{ model: 'gpt-4o', minutesAtQuota: null }] });
  });

  it.each([
    [[], 'Name one FOLDER: npm run estimate -- FOLDER.\nnpm run estimate -- --help lists what it takes.'],
    [['/not/there'], '/not/there cannot be read: the folder does not exist.'],
    [['.', '--tokens-per-minute', 'many'], '--tokens-per-minute many is not a whole number above 0.'],
    [
      ['.', '--tokens-per-minute', 'many', '--max-output-tokens', '0', '--models', 'gpt-4p'],
      [
        '--max-output-tokens 0 is not a whole number above 0.',
        '--tokens-per-minute many is not a whole number above 0.',
        'The model "gpt-4p" is not in the catalogue; the nearest are gpt-4, gpt-4o, gpt-4.1.',
      ].join(' '),
    ],
  ])('ends with a sentence for %j', async (options, sentence) => {
    await expect(run(...options)).rejects.toMatchObject({ code: 1, stderr: `${sentence}\n` });
  });
});
