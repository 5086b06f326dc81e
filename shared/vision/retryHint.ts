/**
 * How long the service asks us to wait, in milliseconds as it says it (one has said a whole day: clamping is the
 * pool's), or null where it says nothing readable. The precise headers come before `Retry-After`, whose date is read
 * against the service's own clock where it sends one; last comes the sentence of Azure OpenAI's 429
 * ("Please retry after 26 seconds."), for gateways that drop headers.
 * Source: Azure OpenAI quota page, 2026-09-29; RFC 9110 section 10.2.3.
 *
 * @example `retry-after-ms: 1500` with `retry-after: 2` is 1500; `retry-after: 7` alone is 7000.
 */
export function retryHintMs(headers: Headers, sentence: string, nowMs: number): number | null {
  return (
    decimal(headers.get('retry-after-ms'), 1) ??
    decimal(headers.get('x-ms-retry-after-ms'), 1) ??
    decimal(headers.get('retry-after'), 1000) ??
    untilDate(headers, nowMs) ??
    decimal(/\b(?:retry|try again) (?:after|in) (\d+(?:\.\d+)?) seconds?\b/i.exec(sentence)?.[1], 1000)
  );
}

function decimal(text: string | null | undefined, unitMs: number): number | null {
  return text !== null && text !== undefined && /^\s*\d{1,12}(\.\d+)?\s*$/.test(text) ? Number(text) * unitMs : null;
}

function untilDate(headers: Headers, nowMs: number): number | null {
  // A bare or negative number is no date, though Date.parse reads "-5" as a month.
  const text = headers.get('retry-after');
  const atMs = text !== null && /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) return null;
  const serverNowMs = Date.parse(headers.get('date') ?? '');
  return Math.max(0, atMs - (Number.isNaN(serverNowMs) ? nowMs : serverNowMs));
}
