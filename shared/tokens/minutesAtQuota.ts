/** How long a quota takes to let requests through. */

interface QuotaUse {
  readonly requests: number;
  readonly admissionTokens: number;
  /** Of the dearest single request: one that exceeds every deployment's minute never starts. */
  readonly largestAdmissionTokens: number;
}

export interface Quota {
  /** Null: not known. */
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
  /** Of the largest single deployment, for no request is spread over several; absent: the quota is that of one. */
  readonly largestMinuteTokens?: number;
}

/** The quota of one scope: `global`, `zone:eu`, `region:swedencentral`. */
export interface ScopedQuota extends Quota {
  readonly quotaScope: string;
  readonly subscription?: string;
  /** Names of the deployments that draw on it. */
  readonly deployments: readonly string[];
}

export interface ScopedMinutes {
  readonly quotaScope: string;
  readonly subscription?: string;
  readonly deployments: readonly string[];
  readonly tokensPerMinute: number | null;
  readonly minutes: number | null;
}

/** How long each scope takes if everything goes through it alone. */
export function minutesByScope(use: QuotaUse, quotas: readonly ScopedQuota[]): readonly ScopedMinutes[] {
  return quotas.map((quota) => {
    const { quotaScope, subscription, deployments, tokensPerMinute } = quota;
    const label = subscription === undefined ? {} : { subscription };
    return { quotaScope, ...label, deployments, tokensPerMinute, minutes: minutesAtQuota(use, quota) };
  });
}

/**
 * Minutes of quota that the requests use up, by tokens or by requests, whichever is slower, rounded up to hundredths.
 * Null without a quota, and when one request is more than a whole minute of every deployment.
 *
 * 100 requests of 1,055 admission tokens at 40,000 tokens a minute take 2.64 minutes.
 */
export function minutesAtQuota(use: QuotaUse, quota: Quota): number | null {
  const { requests, admissionTokens, largestAdmissionTokens } = use;
  const { tokensPerMinute, requestsPerMinute } = quota;
  if (tokensPerMinute === null || largestAdmissionTokens > largestMinuteOf(quota)) return null;
  const byTokens = admissionTokens === 0 ? 0 : admissionTokens / tokensPerMinute;
  const byRequests = requestsPerMinute === null ? 0 : requests / requestsPerMinute;
  return Math.ceil(Math.max(byTokens, byRequests) * 100) / 100;
}

/** The most tokens that one request may need: without a quota, any number. */
export function largestMinuteOf({ tokensPerMinute, largestMinuteTokens }: Quota): number {
  return largestMinuteTokens ?? tokensPerMinute ?? Number.POSITIVE_INFINITY;
}
