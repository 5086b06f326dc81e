import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRegions } from '../../../local/regions/startRegions.ts';
import { chatAbout, plainPng, post, secret, withRegion } from './cloud.ts';

async function call(url: string, method: string, body?: object): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, json: await response.json() };
}

describe('the control of a region by other processes', () => {
  it('lists all charges and their sums, and can delete them', async () => {
    const image = await plainPng();
    await withRegion({}, async (region) => {
      await post(region, chatAbout(image));
      await post(region, chatAbout(image, { model: 'nothing' }));
      const { json } = await call(`${region.control}/charges`, 'GET');
      expect(json).toEqual(region.charges());
      const [sha256 = ''] = region.charges().flatMap((charge) => charge.images.map((one) => one.sha256));
      expect((await call(`${region.control}/summary`, 'GET')).json).toMatchObject({
        requests: 2,
        admitted: 1,
        answered: 1,
        refused: 1,
        byStatus: { 200: 1, 404: 1 },
        byImage: { [sha256]: { requests: 1, billed: 1 } },
      });
      await call(`${region.control}/charges`, 'DELETE');
      expect(region.charges()).toEqual([]);
    });
  });

  it('takes, shows and ends faults', async () => {
    const image = await plainPng();
    await withRegion({}, async (region) => {
      expect(
        await call(`${region.control}/faults`, 'PUT', {
          script: [{ kind: 'capacity' }],
          standing: { kind: 'refuse', as: 'forbidden' },
        }),
      ).toMatchObject({ status: 200 });
      expect((await post(region, chatAbout(image))).status).toBe(429);
      expect((await post(region, chatAbout(image))).status).toBe(403);
      expect((await call(`${region.control}/faults`, 'GET')).json).toMatchObject({
        script: [],
        standing: { kind: 'refuse', as: 'forbidden' },
      });
      await call(`${region.control}/faults`, 'DELETE');
      expect((await post(region, chatAbout(image))).status).toBe(200);
    });
  });

  it('changes quotas while the region runs, and forgets what was counted', async () => {
    const chat = chatAbout(await plainPng(), { model: 'seed', max_tokens: 4000 });
    await withRegion({}, async (region) => {
      await post(region, chat);
      await call(`${region.control}/config`, 'PATCH', { tokensPerMinute: { seed: 5000 } });
      expect((await call(`${region.control}/config`, 'GET')).json).toMatchObject({ answers: 'fixed' });
      expect((await post(region, chat)).status).toBe(429);
      await call(`${region.control}/windows`, 'DELETE');
      const again = await post(region, chat);
      expect([again.status, again.headers.get('x-ratelimit-limit-tokens')]).toEqual([200, '5000']);
    });
  });

  it('sets and ends changes of the headers of all replies', async () => {
    const image = await plainPng();
    await withRegion({}, async (region) => {
      const headers = { 'x-ratelimit-limit-tokens': '-1' };
      await call(`${region.control}/config`, 'PATCH', { headers });
      expect((await call(`${region.control}/config`, 'GET')).json).toMatchObject({ headers });
      expect((await post(region, chatAbout(image))).headers.get('x-ratelimit-limit-tokens')).toBe('-1');
      await call(`${region.control}/config`, 'PATCH', { headers: {} });
      expect((await post(region, chatAbout(image))).headers.get('x-ratelimit-limit-tokens')).toBe('100000');
    });
  });

  it.each([
    ['PUT', 'faults', { script: [{ kind: 'earthquake' }] }, 400, /Invalid/],
    ['PUT', 'faults', { standing: { kind: 'refuse', as: 'nothing' } }, 400, /as/],
    ['PUT', 'faults', { standing: { kind: 'reply', status: 600 } }, 400, /status/],
    ['PATCH', 'config', { headers: { 'content-length': '3' } }, 400, /content-length/],
    ['PATCH', 'config', { colour: 'red' }, 400, /colour/],
    ['PATCH', 'config', { tokensPerMinute: { nothing: 5 } }, 400, /no deployment "nothing"/],
    ['GET', 'weather', undefined, 404, /GET charges/],
  ])('refuses %s %s with %j', async (method, name, body, status, sentence) => {
    await withRegion({}, async (region) => {
      const answer = await call(`${region.control}/${name}`, method, body);
      expect(answer).toMatchObject({ status, json: { error: expect.stringMatching(sentence) } });
    });
  });

  it('is not counted as requests of the app', async () => {
    await withRegion({}, async (region) => {
      await call(`${region.control}/config`, 'GET');
      expect(region.charges()).toEqual([]);
    });
  });
});

describe('startRegions', () => {
  it('writes the charges of all regions as JSON Lines, in the order of arrival', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'charges-'));
    const deployments = [{ deployment: 'vision', model: 'gpt-4o', tokensPerMinute: 10_000 }];
    const names = ['westus', 'eastus'];
    const regions = await startRegions({
      secret,
      regions: names.map((name) => ({ name, deployments, answers: 'fixed' as const })),
    });
    try {
      const image = await plainPng();
      for (const name of names) await post(regions.get(name), chatAbout(image));
      await regions.writeCharges(path.join(folder, 'charges.jsonl'));
      const lines = (await readFile(path.join(folder, 'charges.jsonl'), 'utf8')).trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toEqual(regions.charges());
      expect(regions.charges().map((charge) => charge.region)).toEqual(names);
      expect(regions.summary().byStatus).toEqual({ 200: 2 });
      expect(() => regions.get('mars')).toThrow('No region "mars" runs.');
    } finally {
      await regions.close();
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['an unknown model', { model: 'gpt-9' }, /do not know gpt-9@/],
    ['a quota of nothing', { tokensPerMinute: 0 }, /tokensPerMinute/],
    ['a misspelt option', { tokenPerMinute: 5 }, /tokenPerMinute/],
  ])('refuses to start with %s', async (_, wrong, sentence) => {
    const deployments = [{ deployment: 'vision', model: 'gpt-4o', tokensPerMinute: 10_000, ...wrong }];
    await expect(startRegions({ secret, regions: [{ name: 'westus', deployments }] })).rejects.toThrow(sentence);
  });

  it('refuses a port that is taken', async () => {
    await withRegion({}, async (region) => {
      const port = Number(new URL(region.endpoint).port);
      const deployments = [{ deployment: 'vision', model: 'gpt-4o', tokensPerMinute: 10_000 }];
      await expect(startRegions({ secret, regions: [{ name: 'westus', port, deployments }] })).rejects.toThrow(
        `cannot listen on port ${port}: another program is using it.`,
      );
    });
  });
});
