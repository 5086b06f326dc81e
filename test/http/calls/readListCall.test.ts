import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '../../../shared/errors.ts';
import { readListCall } from '../../../shared/http/calls/readListCall.ts';
import { type Request, requestOf } from '../calls.ts';

function listCall(query: string): Request {
  return requestOf({ url: `http://localhost:7071/api/analyses${query}` });
}

describe('readListCall', () => {
  it.each([
    ['', { limit: 50 }],
    ['?limit=1&status=waiting', { limit: 1, status: 'waiting' }],
    ['?prefix=m%C3%A4rz%2F&code=key', { limit: 50, prefix: 'märz/' }],
    [`?continuation=8204564799999-${'a'.repeat(32)}`, { limit: 50, continuation: `8204564799999-${'a'.repeat(32)}` }],
  ])('of %s is %o', (query, parsed) => {
    expect(readListCall(listCall(query))).toEqual(parsed);
  });

  it('tells all that is wrong at once, each with its value', () => {
    const wrong = (): unknown => readListCall(listCall('?limit=0&status=done&continuation=x&colour=red'));
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
    expect(() => readListCall(listCall(`?limit=${limit}`))).toThrow(`limit is "${limit}": must be`);
  });
});
