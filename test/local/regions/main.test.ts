import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { seedRegions } from '../../../local/regions/regionOptions.ts';
import { chatAbout, plainPng } from './cloud.ts';

const program = fileURLToPath(new URL('../../../local/regions/main.ts', import.meta.url));

interface Ready {
  readonly identity: { readonly url: string; readonly header: string };
  readonly regions: readonly { readonly name: string; readonly endpoint: string; readonly control: string }[];
}

function start(argument: string | null): { readonly child: ChildProcess; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, argument === null ? [program] : [program, argument], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return { child, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

async function ready(child: ChildProcess): Promise<Ready> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return JSON.parse(text);
}

describe('the emulated regions as a process of their own', () => {
  it('say in one line where they are, serve a token and an answer, and end with their standard input', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'regions-'));
    const chargesFile = path.join(folder, 'charges.jsonl');
    const configuration = {
      regions: seedRegions()
        .slice(0, 1)
        .map((one) => ({ ...one, answers: 'fixed' })),
      chargesFile,
    };
    const { child, ended } = start(null);
    try {
      child.stdin?.write(`${JSON.stringify(configuration)}\n`);
      const { identity, regions } = await ready(child);
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
      expect(await readFile(chargesFile, 'utf8')).toMatch(/^\{.*"region":"australiaeast".*"status":200.*\}\n$/);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });

  it('are the four of the seed when nothing is said, and end on SIGTERM', async () => {
    const { child, ended } = start('');
    try {
      const { regions } = await ready(child);
      expect(regions.map((one) => one.name)).toEqual(seedRegions().map((one) => one.name));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it.each([
    ['no JSON', '{"regions"', /could not start: .*JSON/],
    ['a misspelt option', '{"region":[]}', /could not start: .*"region"/],
    [
      'an unknown model',
      JSON.stringify({
        regions: [{ name: 'x', deployments: [{ deployment: 'a', model: 'gpt-9', tokensPerMinute: 1 }] }],
      }),
      /could not start: .*gpt-9/,
    ],
  ])('say in a sentence what is wrong with %s', async (_, argument, sentence) => {
    const { child, ended } = start(argument);
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    expect(await ended).toBe(1);
    expect(said).toMatch(sentence);
  });
});
