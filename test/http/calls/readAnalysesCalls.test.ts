import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '../../../shared/errors.ts';
import { listQuerySchema, readRetryCall } from '../../../shared/http/calls/readAnalysesCalls.ts';
import { readQuery } from '../../../shared/http/read/readQuery.ts';
import { type Request, requestOf } from '../calls.ts';

function listCall(query: string): Request {
  return requestOf({ url: `http://localhost:7071/api/analyses${query}` });
}

describe('listQuerySchema', () => {
  it.each([
    ['', { limit: 50 }],
    ['?limit=1&status=waiting', { limit: 1, status: 'waiting' }],
    ['?prefix=m%C3%A4rz%2F&code=key', { limit: 50, prefix: 'märz/' }],
    [`?continuation=8204564799999-${'a'.repeat(32)}`, { limit: 50, continuation: `8204564799999-${'a'.repeat(32)}` }],
  ])('of %s is %o', (query, parsed) => {
    expect(readQuery(listCall(query), listQuerySchema)).toEqual(parsed);
  });

  it('reports all problems at once, each with its value', () => {
    const wrong = (): unknown => readQuery(listCall('?limit=0&status=done&continuation=x&colour=red'), listQuerySchema);
    expect(wrong).toThrow(InvalidRequest);
    for (const sentence of [
      'limit is "0": must be from 1 to 200.',
      'status is "done": ',
      'continuation is "x": must be the continuation of an earlier page.',
      'colour is not known here.',
    ]) {
      expect(wrong).toThrow(sentence);
    }
  });

  it.each(['201', '1.5', 'many', '-1'])('refuses the limit %s', (limit) => {
    expect(() => readQuery(listCall(`?limit=${limit}`), listQuerySchema)).toThrow(`limit is "${limit}": must be`);
  });
});

describe('readRetryCall', () => {
  const withBody = (body: unknown) =>
    requestOf({
      url: 'http://localhost:7071/api/analyses/retry',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('takes a code for failed analyses', async () => {
    expect(await readRetryCall(withBody({ code: 'answer-unusable', prefix: 'scans/' }))).toEqual({
      status: 'failed',
      code: 'answer-unusable',
      prefix: 'scans/',
    });
  });

  it('refuses a code beside cancelled ones, which have none: nothing would ever match', async () => {
    await expect(readRetryCall(withBody({ status: 'cancelled', code: 'internal' }))).rejects.toThrow(
      'code stands beside status cancelled',
    );
  });

  it('names the codes that there are', async () => {
    await expect(readRetryCall(withBody({ code: 'nope' }))).rejects.toThrow(
      /^code is "nope": must be one of .*answer-unusable/,
    );
  });
});
