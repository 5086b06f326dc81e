import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { analysedNames, followAnalyses } from '../../../local/start/followAnalyses.ts';

const UPLOADED_MS = Date.parse('2026-11-23T12:00:00Z');

const analysis = (id: string, status: string, createdAt: string): object => ({
  ...{ id, status, createdAt, task: 'describe', image: { source: 'a.png' }, deployment: { region: 'westus' } },
  ...{
    estimate: { promptTokens: 10 },
    usage: { promptTokens: 9 },
    cost: { usd: 0.1 },
    warnings: [],
    timing: { totalMs: 1 },
  },
});
const before = analysis('before', 'succeeded', '2026-11-23T11:00:00Z');

/** What GET /api/analyses answers, call after call; the last answer stays. */
let pages: object[][] = [];
/** What GET /api/analyses/{id} answers, call after call; without any, a succeeded analysis. */
const wholes: object[] = [];
let server: Server;
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  server = createServer((call, answer) => {
    const list = (): object => ({ analyses: pages.length > 1 ? pages.shift() : pages[0] });
    const one = (id: string): object => wholes.shift() ?? analysis(id, 'succeeded', '2026-11-23T12:00:01Z');
    const body = call.url?.startsWith('/api/analyses?') ? list() : one(call.url?.split('/').at(-1) ?? '');
    answer.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
});
afterAll(() => server.close());

describe('followAnalyses', () => {
  it('waits for the analysis of the version that was just uploaded, not for that of the version before', async () => {
    pages = [[before], [analysis('now', 'waiting', '2026-11-23T12:00:01Z'), before]];
    pages.push([analysis('now', 'succeeded', '2026-11-23T12:00:01Z'), before]);
    const uploaded = new Map([['a.png', UPLOADED_MS]]);
    const followed = { cloud: { host: { url: url(), keys: undefined } }, names: ['a.png'], uploaded };
    expect(await followAnalyses({ ...followed, isSilent: true })).toMatchObject([{ id: 'now', status: 'succeeded' }]);
  });
});

describe('followAnalyses of a document', () => {
  const ofPages = (status: string, succeeded: number): object => ({
    ...analysis('doc', status, '2026-11-23T12:00:01Z'),
    ...{ deployment: null, document: { pages: 3, succeeded, failed: 0 } },
  });

  it('shows how many of its pages are left while it runs, and its first page in the end', async () => {
    pages = [[ofPages('running', 0)], [ofPages('running', 0)], [ofPages('succeeded', 3)]];
    const answer = { pages: [{ page: 1, answer: { title: 'Letter', summary: 'A letter.', details: [] } }] };
    wholes.push(ofPages('running', 0), ofPages('running', 2), { ...ofPages('succeeded', 3), answer });
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    onTestFinished(() => lines.mockRestore());
    const rows = await followAnalyses({ cloud: { host: { url: url(), keys: undefined } }, names: ['a.png'] });
    expect(lines.mock.calls.flat()).toEqual([
      '0 of 1 done, 1 running (3 pages left)',
      '0 of 1 done, 1 running (1 page left)',
      '1 of 1 done',
    ]);
    expect(rows).toMatchObject([{ pages: { pages: 3, succeeded: 3, failed: 0 }, firstLine: 'A letter.' }]);
  });
});

describe('analysedNames', () => {
  it('names those that have an analysis of any version', async () => {
    pages = [[before]];
    const cloud = { host: { url: url(), keys: undefined } };
    expect(await analysedNames(cloud, ['a.png', 'b.png'])).toEqual(new Set(['a.png']));
  });
});
