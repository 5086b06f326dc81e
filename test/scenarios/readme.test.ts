import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readingRegions } from '../../bench/textQuality.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');
const README = await readFile(resolve(PROJECT, 'README.md'), 'utf8');
const EXCHANGE = /```\n\$ (curl .*?)\n(\{ "status".*?)```/s.exec(README);

const START = await readFile(resolve(PROJECT, 'docs', 'start.md'), 'utf8');
const START_LINES = [...START.matchAll(/^ *(curl .*)$|`(curl [^`]*)`/gm)].map(
  ([, line, inText]) => line ?? inText ?? '',
);

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ regions: readingRegions() });
  await cloud.upload('text/letter.png', await readFile(resolve(PROJECT, 'local/samples/text/letter.png')));
  await cloud.ended('text/letter.png');
});
afterAll(() => cloud?.stop());

describe('the exchange in README.md', () => {
  it('is what the app answers, figure by figure', async () => {
    const [, command = '', shown = ''] = EXCHANGE ?? [];
    const [, path = ''] = /127\.0\.0\.1:7071(\/[^']*)'/.exec(command) ?? [];
    const [, file = ''] = /--data-binary @(\S+)/.exec(command) ?? [];
    const answer = await cloud.call(path, {
      method: 'POST',
      headers: { 'content-type': 'image/png', prefer: 'wait=60' },
      body: await readFile(resolve(PROJECT, file)),
    });
    const analysis = (await answer.json()) as Record<string, unknown>;
    const flat = JSON.stringify(analysis).replaceAll(/\s/g, '');
    const facts = [
      ...shown.replaceAll(/\s/g, '').matchAll(/"\w+":(?:"[^"…]*"|[\d.]+|null|\[\])|\[(?:"?[\w.,]+"?,?)+/g),
    ];
    const words = facts.map(([fact]) => fact).filter((fact) => !/"region"|"gpt-4-vision/.test(fact));
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter((fact) => !flat.includes(fact))).toEqual([]);
  });
});

describe('docs/start.md', () => {
  it('has its curl lines found, in a fence and in a sentence', () => {
    expect(START_LINES).toHaveLength(START.match(/\bcurl -/g)?.length ?? 0);
    expect(START_LINES.length).toBeGreaterThan(1);
  });

  it.each(START_LINES)('has a line that answers with the text of the sample: %s', async (line) => {
    const onThisCloud = line.replaceAll('http://127.0.0.1:7071', cloud.host.url);
    expect(onThisCloud).not.toBe(line);
    const { stdout } = await promisify(execFile)('sh', ['-c', `${onThisCloud} --fail-with-body`], { cwd: PROJECT });
    const analyses = stdout
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as object);
    expect(analyses.find((each) => 'task' in each && each.task === 'text')).toMatchObject({
      status: 'succeeded',
      answer: { plain: expect.stringContaining('Harbour') },
    });
  });
});
