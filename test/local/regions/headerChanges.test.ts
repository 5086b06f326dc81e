import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeHeaders, type HeaderChanges } from '../../../local/regions/headerChanges.ts';
import { chatAbout, meet, plainPng, post, type Received, withRegion } from './cloud.ts';

describe('changeHeaders', () => {
  it('sets, takes away, and leaves the others as they are', () => {
    const headers = {
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '40',
      'x-ms-region': 'West US',
    };
    expect(changeHeaders(headers, { 'x-ratelimit-limit-tokens': null, 'x-ratelimit-remaining-tokens': '-1' })).toEqual({
      'x-ratelimit-remaining-tokens': '-1',
      'x-ms-region': 'West US',
    });
  });

  it('writes a value in another spelling, and leaves the header out where that value is not there', () => {
    const spelt: HeaderChanges = {
      'x-ratelimit-reset-tokens': '{x-ratelimit-reset-tokens}s',
      'x-rate-limit-reset-tokens': '{x-ratelimit-reset-tokens}',
    };
    expect(changeHeaders({ 'x-ratelimit-reset-tokens': '55' }, spelt)).toEqual({
      'x-ratelimit-reset-tokens': '55s',
      'x-rate-limit-reset-tokens': '55',
    });
    expect(changeHeaders({}, spelt)).toEqual({});
  });

  it('changes what it is asked to and nothing else, whatever the names', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'constructor');
    const value = fc.constantFrom('', '-1', 'soon');
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.dictionary(name, fc.option(value)), (headers, changes) => {
        const changed = changeHeaders(headers, changes);
        for (const key of new Set([...Object.keys(headers), ...Object.keys(changes)])) {
          const wanted = Object.hasOwn(changes, key) ? (changes[key] ?? undefined) : headers[key];
          expect(Object.hasOwn(changed, key) ? changed[key] : undefined).toBe(wanted);
        }
      }),
    );
  });
});

describe('headers of the replies of a region', () => {
  /** Two chats under the same standing changes, the second over its quota. */
  async function under(headers: HeaderChanges): Promise<readonly [Received, Received]> {
    const chat = chatAbout(await plainPng(), { model: 'seed', max_tokens: 4000 });
    const received: Received[] = [];
    await withRegion({ headers }, async (region) => {
      region.change({ tokensPerMinute: { seed: 5000 } });
      received.push(await post(region, chat), await post(region, chat));
    });
    const [first, second] = received;
    if (!first || !second) throw new Error('Two replies were expected.');
    return [first, second];
  }

  it('are -1 and 0, without a hint, on answers and refusals alike (openai/openai-dotnet#838, 2025-11-17)', async () => {
    const replies = await under({
      'x-ratelimit-limit-tokens': '-1',
      'x-ratelimit-remaining-tokens': '-1',
      'x-ratelimit-reset-tokens': '0',
      'retry-after': null,
      'retry-after-ms': null,
    });
    expect(replies.map(({ status }) => status)).toEqual([200, 429]);
    for (const { headers } of replies) {
      expect(headers.get('x-ratelimit-limit-tokens')).toBe('-1');
      expect(headers.get('x-ratelimit-remaining-tokens')).toBe('-1');
      expect(headers.get('x-ratelimit-reset-tokens')).toBe('0');
      expect(headers.has('retry-after') || headers.has('retry-after-ms')).toBe(false);
    }
  });

  it('name no limits, only what remains (Azure/azure-rest-api-specs#26884, 2024-04-24)', async () => {
    const [{ headers }] = await under({ 'x-ratelimit-limit-tokens': null, 'x-ratelimit-limit-requests': null });
    expect(headers.has('x-ratelimit-limit-tokens')).toBe(false);
    expect(headers.has('x-ratelimit-limit-requests')).toBe(false);
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(0);
  });

  it('stand still (EvolvingPrograms/oaib#11, 2024-03-02, of OpenAI)', async () => {
    const replies = await under({ 'x-ratelimit-remaining-tokens': '4900' });
    expect(replies.map(({ headers }) => headers.get('x-ratelimit-remaining-tokens'))).toEqual(['4900', '4900']);
  });

  it('are spelt otherwise, with the true value (openai/openai-python#937, 2023-12-06)', async () => {
    const [, { headers, status }] = await under({
      'x-ratelimit-reset-tokens': null,
      'x-rate-limit-reset-tokens': '{x-ratelimit-reset-tokens}',
      'retry-after': null,
      'retry-after-ms': null,
    });
    expect(status).toBe(429);
    expect(Number(headers.get('x-rate-limit-reset-tokens'))).toBeGreaterThan(0);
    expect(headers.has('x-ratelimit-reset-tokens')).toBe(false);
  });

  it('are changed by a fault for one request, before what is standing', async () => {
    const chat = chatAbout(await plainPng());
    const once = { kind: 'none', headers: { 'x-ratelimit-remaining-tokens': '0', 'apim-request-id': null } } as const;
    await withRegion(
      { headers: { 'x-ratelimit-remaining-tokens': '7' }, faults: { script: [once] } },
      async (region) => {
        const [first, second] = [await post(region, chat), await post(region, chat)];
        expect([first.status, first.headers.get('x-ratelimit-remaining-tokens')]).toEqual([200, '0']);
        expect(first.headers.has('apim-request-id')).toBe(false);
        expect(second.headers.get('x-ratelimit-remaining-tokens')).toBe('7');
        expect(second.headers.has('apim-request-id')).toBe(true);
        expect(region.charges().map(({ fault }) => fault)).toEqual([null, null]);
      },
    );
  });
});

describe('the sentence of a 429', () => {
  it.each([
    ['Azure, a day (alex-wolf-ps/dbchatprov2#2, 2024-07-16)', 'Please retry after 86400 seconds.'],
    ['a gateway (Azure/azure-sdk-for-net#47779, 2025-01-10)', 'Rate limit is exceeded. Try again in 40 seconds.'],
    ['OpenAI, parts of a second', 'Rate limit reached. Please try again in 1.898s.'],
  ])('is the only hint: %s', async (_, sentence) => {
    const { error } = await meet({ kind: 'throttle', sentence });
    expect(error).toMatchObject({ status: 429, message: expect.stringContaining(sentence) });
    const { headers } = error as { readonly headers: Headers };
    expect(headers.has('retry-after') || headers.has('retry-after-ms')).toBe(false);
  });

  it('gives no hint where the fault has none', async () => {
    const { error } = await meet({ kind: 'throttle' });
    expect(error).toMatchObject({
      status: 429,
      message: expect.stringMatching(/rate limit.*pricing tier\. Please go/),
    });
    expect((error as Error).message).not.toMatch(/retry after/i);
  });
});
