import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidRequest } from '../../../shared/errors.ts';
import { listQuerySchema } from '../../../shared/http/calls/readAnalysesCalls.ts';
import { readUsageCall, usageQuerySchema } from '../../../shared/http/calls/readUsageCall.ts';
import { queryOf, readQuery } from '../../../shared/http/read/readQuery.ts';
import { ROUTES } from '../../../shared/http/routes.ts';
import { readResultsCall, resultsQuerySchema } from '../../../shared/http/views/resultLines.ts';
import { requestOf } from '../calls.ts';

const withQuery = (query: string) => requestOf({ url: `http://localhost:7071/api/analyses${query}` });

function messagesOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('queryOf', () => {
  it.each([
    ['', []],
    ['?', []],
    [
      '?a=1&b=',
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    ['?a', [['a', '']]],
    ['?a=1+2%2B3', [['a', '1 2+3']]],
    ['?a=%E9%AB%98', [['a', '高']]],
    ['?a=高', [['a', '高']]],
    ['?a=b=c?d', [['a', 'b=c?d']]],
    ['?code=%FF&clientId=x&a=1', [['a', '1']]],
  ])('of %j is %j', (query, texts) => {
    expect(queryOf(withQuery(query))).toEqual(texts);
  });

  it.each([
    ['?question=100%', 'question'],
    ['?question=%zz', 'question'],
    ['?question=%u00e9', 'question'],
    ['?question=caf%E9', 'question'],
    ['?question=%C0%AF', 'question'],
    ['?question=%ED%A0%80', 'question'],
    ['?%FF=1', '%FF'],
  ])('refuses %s, which is not percent-encoded UTF-8', (query, path) => {
    expect(messagesOf(() => queryOf(withQuery(query)))).toEqual([
      `${path} in the query is not percent-encoded UTF-8: each % must stand before two hexadecimal digits ` +
        '(write a percent sign as %25), and the octets must be UTF-8.',
    ]);
  });

  it('refuses more names than a call can have', () => {
    expect(messagesOf(() => queryOf(withQuery(`?${'a=1&'.repeat(5000)}`)))).toEqual([
      'The query has 5,000 names; at most 100 are read.',
    ]);
  });
});

describe('readQuery', () => {
  it('names every wrong part at once', () => {
    expect(
      messagesOf(() => readQuery(withQuery('?limt=5&status=done&limit=0&limit=5&__proto__=1'), listQuerySchema)),
    ).toEqual([
      'limit is given more than once.',
      'limt is not known here. Did you mean limit?',
      '__proto__ is not known here. Known names: status, prefix, limit, continuation.',
      'status is "done": must be one of queued, waiting, running, succeeded, rejected, failed, cancelled.',
    ]);
  });

  it('gives an object that nothing was put on', () => {
    expect(readQuery(withQuery('?a=1'), z.strictObject({ a: z.string() }))).toEqual({ a: '1' });
  });
});

describe('limit', () => {
  it.each(['1e2', '%205', '+5', '0x10', '5.0', '', '05', '-1', '0', '201', '9'.repeat(40), 'NaN', '%EF%BC%95'])(
    'may not be %j',
    (text) => {
      expect(messagesOf(() => readQuery(withQuery(`?limit=${text}`), listQuerySchema))).toEqual([
        expect.stringMatching(/^limit is ".*": must be (?:a whole number )?from 1 to 200(?:, in decimal digits)?\.$/),
      ]);
    },
  );

  it.each(['1', '50', '200'])('may be %s', (text) => {
    expect(readQuery(withQuery(`?limit=${text}`), listQuerySchema).limit).toBe(Number(text));
  });
});

describe('a call with a query', () => {
  it.each([
    [
      'GET /usage',
      () => readUsageCall(readQuery(withQuery('?form=2026-01-01'), usageQuerySchema), 0),
      'form is not known here. Did you mean from?',
    ],
    [
      'GET /usage of days in the wrong order',
      () => readUsageCall(readQuery(withQuery('?from=2026-12-02&to=2026-11-01'), usageQuerySchema), 0),
      'from (2026-12-02) is after to (2026-11-01).',
    ],
    [
      'GET /usage of years',
      () => readUsageCall(readQuery(withQuery('?from=2020-01-01&to=2026-12-31'), usageQuerySchema), 0),
      '2,557 days lie from 2020-01-01 to 2026-12-31; the limit of one call is 400.',
    ],
    [
      'GET /results',
      () => readResultsCall(readQuery(withQuery('?fromat=csv'), resultsQuerySchema)),
      'fromat is not known here. Did you mean format?',
    ],
    [
      'a call without any',
      () => readQuery(withQuery('?a=1'), ROUTES.models.query),
      'a is not known here. This call takes no options.',
    ],
  ])('refuses what it does not know: %s', (_, read, message) => {
    expect(messagesOf(read)).toEqual([message]);
  });
});
