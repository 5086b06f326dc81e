import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../shared/signals/envelopes.ts';
import { createTrackSender, type SendEnvelopes, type TrackOptions } from '../../shared/signals/trackSender.ts';
import { type IngestionEndpoint, startIngestionEndpoint } from './ingestionEndpoint.ts';

let ingestion: IngestionEndpoint;
let neighbour: IngestionEndpoint;
let warnings: string[];
beforeAll(async () => {
  ingestion = await startIngestionEndpoint();
  neighbour = await startIngestionEndpoint();
});
afterAll(() => Promise.all([ingestion.close(), neighbour.close()]));
beforeEach(() => {
  warnings = [];
});

const named = (name: string): Envelope => ({
  ...{ name, time: '2026-11-26T00:00:00.000Z', iKey: 'key', tags: {} },
  data: { baseType: 'MetricData', baseData: {} },
});

function sender(options: Partial<TrackOptions> = {}): SendEnvelopes {
  return createTrackSender({
    trackUrl: `${ingestion.url}/v2.1/track`,
    getToken: async () => 'a-token',
    signal: new AbortController().signal,
    warn: (sentence) => warnings.push(sentence),
    ...options,
  });
}

/** The names that each request brought since the last look. */
function brought(endpoint = ingestion): readonly (readonly string[])[] {
  return endpoint.requests.splice(0).map(({ envelopes }) => envelopes.map(({ name }) => name));
}

describe('createTrackSender', () => {
  it('posts lines of JSON, compressed, with a token', async () => {
    ingestion.answer({ kind: 'accept' });
    await sender()([named('a'), named('b')]);
    expect(ingestion.requests).toMatchObject([
      { path: '/v2.1/track', authorization: 'Bearer a-token', contentType: 'application/x-json-stream' },
    ]);
    expect(brought()).toEqual([['a', 'b']]);
    expect(warnings).toEqual([]);
  });

  it.each([401, 403, 408, 429, 439, 500, 502, 503, 504])('keeps what ended in %d for the next time', async (status) => {
    const send = sender();
    ingestion.answer({ kind: 'status', status });
    await send([named('a')]);
    ingestion.answer({ kind: 'accept' });
    await send([named('b')]);
    await send([named('c')]);
    expect(brought()).toEqual([['a'], ['a', 'b'], ['c']]);
    expect(warnings).toEqual([
      `Telemetry does not reach Application Insights (${status}). Analyses continue without it.`,
    ]);
  });

  it('drops what the service will never take', async () => {
    const send = sender();
    ingestion.answer({ kind: 'status', status: 400 });
    await send([named('a')]);
    ingestion.answer({ kind: 'accept' });
    await send([named('b')]);
    expect(brought()).toEqual([['a'], ['b']]);
  });

  it('sends again of a batch only what was refused for now', async () => {
    const send = sender();
    ingestion.answer({ kind: 'partly', refused: { 0: 400, 2: 503 } });
    await send([named('a'), named('b'), named('c')]);
    ingestion.answer({ kind: 'accept' });
    await send([named('d')]);
    expect(brought()).toEqual([
      ['a', 'b', 'c'],
      ['c', 'd'],
    ]);
  });

  it('keeps the newest thousand, however long it lasts', async () => {
    const send = sender();
    ingestion.answer({ kind: 'status', status: 503 });
    for (let batch = 0; batch < 3; batch += 1) {
      await send(Array.from({ length: 500 }, (_, index) => named(`${batch}-${index}`)));
    }
    brought();
    ingestion.answer({ kind: 'accept' });
    await send([named('last')]);
    const [names = []] = brought();
    expect([names.length, names[0], names.at(-1)]).toEqual([1_001, '1-0', 'last']);
  });

  it('follows a redirect to a neighbour of the endpoint, and sends its token nowhere else', async () => {
    ingestion.answer({ kind: 'redirect', to: `${neighbour.url}/v2.1/track` });
    await sender()([named('a')]);
    expect(neighbour.requests).toMatchObject([{ authorization: 'Bearer a-token' }]);
    expect([brought(), brought(neighbour)]).toEqual([[['a']], [['a']]]);
    ingestion.answer({ kind: 'redirect', to: `${neighbour.url.replace('127.0.0.1', 'localhost')}/v2.1/track` });
    await sender()([named('b')]);
    expect([brought(), brought(neighbour)]).toEqual([[['b']], []]);
    expect(warnings).toEqual(['Telemetry does not reach Application Insights (308). Analyses continue without it.']);
  });

  it('warns once of a trouble that lasts, and again when it is another', async () => {
    const send = sender();
    for (const status of [503, 503, 403]) {
      ingestion.answer({ kind: 'status', status });
      await send([named('a')]);
    }
    expect(warnings.map((sentence) => /\((.*)\)/.exec(sentence)?.[1])).toEqual(['503', '403']);
    brought();
  });

  it('never throws: unreachable endpoint, no token', async () => {
    const gone = await startIngestionEndpoint();
    await gone.close();
    await sender({ trackUrl: `${gone.url}/v2.1/track` })([named('a')]);
    await sender({ getToken: () => Promise.reject(new TypeError('secret words')) })([named('a')]);
    expect(warnings.map((sentence) => /\((.*)\)/.exec(sentence)?.[1])).toEqual(['ECONNREFUSED', 'TypeError']);
    expect(brought()).toEqual([]);
  });

  it('ends requests under way on demand', async () => {
    const ending = new AbortController();
    const send = sender({ signal: ending.signal });
    ingestion.answer({ kind: 'silent' });
    const sent = send([named('a')]);
    await expect.poll(() => ingestion.requests.length).toBe(1);
    ending.abort();
    await sent;
    brought();
  });
});
