import { describe, expect, it } from 'vitest';
import { minutesAtQuota } from '../../shared/tokens/minutesAtQuota.ts';

const hundred = { requests: 100, admissionTokens: 105_500, largestAdmissionTokens: 1055 };

describe('minutesAtQuota', () => {
  it('is set by tokens or by requests, whichever is slower', () => {
    expect(minutesAtQuota(hundred, { tokensPerMinute: 40_000, requestsPerMinute: 240 })).toBe(2.64);
    expect(minutesAtQuota(hundred, { tokensPerMinute: 40_000, requestsPerMinute: 20 })).toBe(5);
    expect(minutesAtQuota(hundred, { tokensPerMinute: 40_000, requestsPerMinute: null })).toBe(2.64);
  });

  it('is null without a quota, and where one request is more than a minute', () => {
    expect(minutesAtQuota(hundred, { tokensPerMinute: null, requestsPerMinute: 240 })).toBeNull();
    expect(minutesAtQuota(hundred, { tokensPerMinute: 1054, requestsPerMinute: 240 })).toBeNull();
  });

  it('is null where one request is more than a minute of every deployment, whatever they have together', () => {
    const together = { tokensPerMinute: 4_000, requestsPerMinute: null };
    expect(minutesAtQuota(hundred, { ...together, largestMinuteTokens: 1_054 })).toBeNull();
    expect(minutesAtQuota(hundred, { ...together, largestMinuteTokens: 1_055 })).toBe(26.38);
  });
});
