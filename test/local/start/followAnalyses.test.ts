import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
let server: Server;
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  server = createServer((call, answer) => {
    const isList = call.url?.startsWith('/api/analyses?');
    const page = pages.length > 1 ? pages.shift() : pages[0];
    const one = analysis(call.url?.split('/').at(-1) ?? '', 'succeeded', '2026-11-23T12:00:01Z');
    answer.setHeader('content-type', 'application/json').end(JSON.stringify(isList ? { analyses: page } : one));
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

describe('analysedNames', () => {
  it('names those that have an analysis of any version', async () => {
    pages = [[before]];
    const cloud = { host: { url: url(), keys: undefined } };
    expect(await analysedNames(cloud, ['a.png', 'b.png'])).toEqual(new Set(['a.png']));
  });
});
