import { describe, expect, it } from 'vitest';
import { retryHintMs } from '../../shared/vision/limitHeaders.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const QUOTA_SENTENCE =
  'have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds.';

describe('retryHintMs', () => {
  it.each<[Record<string, string>, number | null]>([
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    [{ 'x-ms-retry-after-ms': '700', 'retry-after': '1' }, 700],
    [{ 'retry-after-ms': '10', 'x-ms-retry-after-ms': '20' }, 10],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': '86400' }, 86_400_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 11:59:00 GMT' }, 0],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:10:30 GMT', date: 'Mon, 23 Nov 2026 12:10:00 GMT' }, 30_000],
    [{ 'retry-after-ms': 'soon', 'retry-after': '3' }, 3000],
    [{ 'retry-after': '1m30s' }, 90_000],
    [{ 'x-rate-limit-reset-tokens': '55' }, 55_000],
    [{ 'x-ratelimit-reset-tokens': '1s' }, 1000],
    [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-requests': '20ms' }, 20],
    [{ 'x-ratelimit-reset-tokens': '2.5', 'x-ratelimit-reset-requests': '7m12s' }, 432_000],
    [
      { 'x-ratelimit-reset-tokens': '9s', 'x-ratelimit-reset-requests': '1m', 'x-ratelimit-remaining-tokens': '0' },
      9000,
    ],
    [{ 'x-ratelimit-reset-tokens': '9s', 'retry-after': '2' }, 2000],
    [{ 'x-ratelimit-limit-tokens': '-1', 'x-ratelimit-remaining-tokens': '-1', 'x-ratelimit-reset-tokens': '0' }, null],
    [{ 'x-ratelimit-reset-tokens': 'soon' }, null],
    [{ 'x-ratelimit-reset-tokens': '-3s' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': 'soon enough' }, null],
    [{}, null],
  ])('reads %j as %s ms', (headers, waitMs) => {
    expect(retryHintMs(new Headers(headers), '', NOW_MS)).toBe(waitMs);
  });

  it.each([
    ['Please try again in 1.898s. Visit https://platform.openai.com/account/rate-limits.', 1898],
    ['Limit 30000, Used 18928, Requested 11159. Please try again in 174ms.', 174],
    ['Please try again in 28ms.', 28],
    ['Please try again in 1m30s.', 90_000],
    ['Please try again in 7m12.5s.', 432_500],
    ['Please retry after 86400 seconds.', 86_400_000],
    ['Try again in 1 second.', 1000],
    ['Please retry your request after 3 seconds.', 3000],
    ['Try again in about 2 minutes.', 120_000],
    ['Please retry after 1 minute and 30 seconds.', 90_000],
    ['Please wait for 3 hours.', 10_800_000],
    ['Please wait 10 seconds.', 10_000],
    ['Please try again later.', null],
    ['Try again in 2 models.', null],
    ['It was retried 3 times in 20 seconds.', null],
    ['You exceeded 40 requests in 1 minute.', null],
  ])('reads %j as %s ms', (sentence, waitMs) => {
    expect(retryHintMs(new Headers(), sentence, NOW_MS)).toBe(waitMs);
  });

  it('takes the sentence when no header says anything', () => {
    expect(retryHintMs(new Headers(), QUOTA_SENTENCE, NOW_MS)).toBe(26_000);
    expect(retryHintMs(new Headers(), 'Rate limit is exceeded. Try again in 5 seconds.', NOW_MS)).toBe(5000);
    expect(retryHintMs(new Headers({ 'retry-after-ms': '900' }), QUOTA_SENTENCE, NOW_MS)).toBe(900);
  });
});
