import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../local/regions/limiter.ts';

const limits = { tokensPerMinute: 1000, requestsPerMinute: 600 };

describe('createLimiter', () => {
  it('admits a whole minute at once, then says truly when the next fits', () => {
    const limiter = createLimiter('sliding', 10_000);
    expect(limiter.admit({ tokens: 1000, limits }, 0)).toMatchObject({ admitted: true, remainingTokens: 0 });
    const refused = limiter.admit({ tokens: 300, limits }, 15_000);
    expect(refused).toMatchObject({ admitted: false, over: 'tokens', retryAfterMs: 45_000 });
    expect(limiter.admit({ tokens: 300, limits }, 60_000)).toMatchObject({ admitted: true });
  });

  it('forgets each charge by itself when the window slides', () => {
    const limiter = createLimiter('sliding', 10_000);
    limiter.admit({ tokens: 600, limits }, 0);
    limiter.admit({ tokens: 400, limits }, 30_000);
    expect(limiter.admit({ tokens: 600, limits }, 60_000)).toMatchObject({ admitted: true, remainingTokens: 0 });
  });

  it('forgets all at once when the minute is fixed, and starts it with the first request', () => {
    const limiter = createLimiter('fixed', 10_000);
    limiter.admit({ tokens: 600, limits }, 5000);
    limiter.admit({ tokens: 400, limits }, 64_000);
    expect(limiter.admit({ tokens: 1000, limits }, 65_000)).toMatchObject({ admitted: true, resetTokensMs: 60_000 });
  });

  it('counts what it refuses as a request, not by its tokens', () => {
    const limiter = createLimiter('sliding', 10_000);
    const few = { tokensPerMinute: 1000, requestsPerMinute: 3 };
    limiter.admit({ tokens: 500, limits: few }, 0);
    expect(limiter.admit({ tokens: 600, limits: few }, 20_000)).toMatchObject({ over: 'tokens', remainingTokens: 500 });
    expect(limiter.admit({ tokens: 500, limits: few }, 40_000)).toMatchObject({ admitted: true, remainingTokens: 0 });
    expect(limiter.admit({ tokens: 500, limits: few }, 59_000)).toMatchObject({ over: 'tokens', remainingRequests: 0 });
    expect(limiter.admit({ tokens: 500, limits: few }, 60_000)).toMatchObject({ over: 'requests' });
  });

  it('hints at a day for a request that no minute can hold', () => {
    const limiter = createLimiter('sliding', 10_000);
    expect(limiter.admit({ tokens: 1001, limits }, 0)).toMatchObject({ over: 'tokens', retryAfterMs: 86_400_000 });
  });

  it.each([
    // 600 requests a minute are 10 a second (Azure OpenAI quotas and limits, 2026-09-16).
    ['1 s', 1000, 600, 10],
    ['10 s', 10_000, 60, 10],
    ['1 s, rounded up to one', 1000, 30, 1],
  ])('judges requests in slices of %s', (_, sliceMs, requestsPerMinute, perSlice) => {
    const limiter = createLimiter('fixed', sliceMs);
    const few = { tokensPerMinute: 1e9, requestsPerMinute };
    const outcomes = Array.from({ length: perSlice + 1 }, () => limiter.admit({ tokens: 1, limits: few }, 0));
    expect(outcomes.filter((one) => one.admitted)).toHaveLength(perSlice);
    expect(outcomes.at(-1)).toMatchObject({ over: 'requests', retryAfterMs: sliceMs });
  });

  it('also keeps to the requests of the whole minute', () => {
    const limiter = createLimiter('sliding', 1000);
    const few = { tokensPerMinute: 1e9, requestsPerMinute: 3 };
    const admitted = [0, 2000, 4000, 6000].map((at) => limiter.admit({ tokens: 1, limits: few }, at).admitted);
    expect(admitted).toEqual([true, true, true, false]);
  });

  it('admits the same request after the hint if no other request came', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('sliding' as const, 'fixed' as const),
        fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 600 }), afterMs: fc.integer({ min: 0, max: 20_000 }) })),
        fc.integer({ min: 1, max: 1000 }),
        (kind, before, tokens) => {
          const limiter = createLimiter(kind, 1000);
          let nowMs = 0;
          for (const one of before) {
            nowMs += one.afterMs;
            limiter.admit({ tokens: one.tokens, limits }, nowMs);
          }
          const first = limiter.admit({ tokens, limits }, nowMs);
          return first.admitted || limiter.admit({ tokens, limits }, nowMs + first.retryAfterMs).admitted;
        },
      ),
    );
  });

  it('never admits more than the limit within any 60 s while the window slides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 900 }), afterMs: fc.integer({ min: 0, max: 30_000 }) })),
        (requests) => {
          const limiter = createLimiter('sliding', 1000);
          let nowMs = 0;
          const admitted = requests.flatMap(({ tokens, afterMs }) => {
            nowMs += afterMs;
            return limiter.admit({ tokens, limits }, nowMs).admitted ? [{ tokens, nowMs }] : [];
          });
          return admitted.every((last) => {
            const inWindow = admitted.filter((one) => one.nowMs > last.nowMs - 60_000 && one.nowMs <= last.nowMs);
            return inWindow.reduce((sum, one) => sum + one.tokens, 0) <= 1000;
          });
        },
      ),
    );
  });
});
