import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readingRegions } from '../../bench/textQuality.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');
const README = await readFile(resolve(PROJECT, 'README.md'), 'utf8');
const EXCHANGE = /```\n\$ (curl .*?)\n(\{ "status".*?)```/s.exec(README);

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ regions: readingRegions() });
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
