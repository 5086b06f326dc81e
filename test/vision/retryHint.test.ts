import { describe, expect, it } from 'vitest';
import { retryHintMs } from '../../shared/vision/retryHint.ts';

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
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': 'soon enough' }, null],
    [{}, null],
  ])('reads %j as %s ms', (headers, waitMs) => {
    expect(retryHintMs(new Headers(headers), '', NOW_MS)).toBe(waitMs);
  });

  it('takes the sentence when no header says anything', () => {
    expect(retryHintMs(new Headers(), QUOTA_SENTENCE, NOW_MS)).toBe(26_000);
    expect(retryHintMs(new Headers(), 'Rate limit is exceeded. Try again in 5 seconds.', NOW_MS)).toBe(5000);
    expect(retryHintMs(new Headers({ 'retry-after-ms': '900' }), QUOTA_SENTENCE, NOW_MS)).toBe(900);
  });
});
