import { describe, expect, it } from 'vitest';
import { failureOfConnection, readRetryAfterMs, refusalOfStatus } from '../../../shared/http/fetch/imageHost.ts';

const NOW_MS = Date.parse('2026-12-01T12:00:00Z');

describe('refusalOfStatus', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 507, 520, 524, 530])('says that %i is temporary', (status) => {
    expect(refusalOfStatus({ host: 'example.com', status }, NOW_MS)).toMatchObject({
      code: 'image-unreachable',
      detail: `The host example.com answered ${status}. Try again later.`,
    });
  });

  it.each([204, 206, 300, 304, 400, 401, 403, 404, 405, 406, 410, 418, 451])('says that %i is final', (status) => {
    expect(refusalOfStatus({ host: 'example.com', status }, NOW_MS)).toMatchObject({
      code: 'unsafe-url',
      status: 422,
      detail: `The host example.com answered ${status}; an image needs an answer of 200. Check the URL.`,
    });
  });

  it.each([
    [408, 504],
    [504, 504],
    [524, 504],
    [500, 502],
    [429, 502],
  ])('answers 504 for a timeout and 502 for anything else: %i gives %i', (status, ours) => {
    expect(refusalOfStatus({ host: 'example.com', status }, NOW_MS).status).toBe(ours);
  });
});

describe('readRetryAfterMs', () => {
  it.each([
    [undefined, 30_000],
    ['', 30_000],
    ['soon', 30_000],
    ['120', 120_000],
    ['0', 1_000],
    ['Tue, 01 Dec 2026 12:01:00 GMT', 60_000],
    ['Tue, 01 Dec 2026 11:00:00 GMT', 1_000],
    ['86400', 3_600_000],
    ['99999999999999999999', 3_600_000],
  ])('of %j is %i', (header, waitMs) => {
    expect(readRetryAfterMs(header, NOW_MS)).toBe(waitMs);
  });
});

describe('failureOfConnection', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ETIMEDOUT', 'EPROTO', 'CERT_HAS_EXPIRED', 'EPIPE'])(
    'says that %s may pass',
    (code) => {
      expect(failureOfConnection('example.com', Object.assign(new Error('x'), { code }))).toMatchObject({
        code: 'image-unreachable',
        status: 502,
        detail: `The connection to the host example.com failed or broke off (${code}). Try again later.`,
      });
    },
  );

  it('names the host name where it cannot be resolved', () => {
    expect(failureOfConnection('exmaple.com', { code: 'ENOTFOUND' }).detail).toBe(
      'The host name exmaple.com cannot be resolved (ENOTFOUND). Check it, or try again later.',
    );
  });
});
