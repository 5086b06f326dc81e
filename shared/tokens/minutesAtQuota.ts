/** How long a quota takes to let requests through. */

export interface QuotaUse {
  readonly requests: number;
  readonly admissionTokens: number;
  /** Of the dearest single request: one that exceeds the whole minute never starts. */
  readonly largestAdmissionTokens: number;
}

export interface Quota {
  /** Null: not known. */
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
}

/**
 * Minutes of quota that the requests use up, by tokens or by requests, whichever is slower, rounded up to hundredths.
 * Null without a quota, and when one request is more than a whole minute of it.
 *
 * 100 requests of 1,055 admission tokens at 40,000 tokens a minute take 2.64 minutes.
 */
export function minutesAtQuota(use: QuotaUse, { tokensPerMinute, requestsPerMinute }: Quota): number | null {
  const { requests, admissionTokens, largestAdmissionTokens } = use;
  if (tokensPerMinute === null || largestAdmissionTokens > tokensPerMinute) return null;
  const byTokens = admissionTokens === 0 ? 0 : admissionTokens / tokensPerMinute;
  const byRequests = requestsPerMinute === null ? 0 : requests / requestsPerMinute;
  return Math.ceil(Math.max(byTokens, byRequests) * 100) / 100;
}
