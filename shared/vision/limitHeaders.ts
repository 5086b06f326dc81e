import type { LimitHints } from '../pool/outcome.ts';
import { anyCase, errorObjectsIn, sentencesIn } from './bodyParts.ts';

type Limited = 'tokens' | 'requests';

/**
 * Reads the `x-ratelimit-*` headers. A header that is missing or not a plain number leaves its field out. A limit of
 * -1 or 0 is ignored, and so is what remains of it (openai/openai-dotnet#838, 2025-11-17). Source: Azure OpenAI quota
 * page, 2026-09-29.
 */
export function limitHints(headers: Headers): LimitHints {
  return {
    ...countsOf(headers, 'tokens', { limit: 'limitTokens', remaining: 'remainingTokens' }),
    ...countsOf(headers, 'requests', { limit: 'limitRequests', remaining: 'remainingRequests' }),
  };
}

function countsOf(
  headers: Headers,
  of: Limited,
  field: Readonly<Record<'limit' | 'remaining', keyof LimitHints>>,
): LimitHints {
  const limitText = headers.get(`x-ratelimit-limit-${of}`);
  const limit = count(limitText);
  if (limitText !== null && /^\s*[-+]?[\d.]+\s*$/.test(limitText) && !(limit !== undefined && limit > 0)) return {};
  const remaining = count(headers.get(`x-ratelimit-remaining-${of}`));
  return {
    ...(remaining !== undefined && { [field.remaining]: remaining }),
    ...(limit !== undefined && { [field.limit]: limit }),
  };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * How long the service asks to wait, in milliseconds, unclamped (one service has said a whole day; the pool clamps
 * it), or null if nothing is readable. Precise headers come before `Retry-After`, whose date is compared with the
 * service's own clock if it sends one. Then follows the body of the 429, for gateways that drop headers, and last the
 * time until the exceeded limit is reset, which is the longest wait that can be needed. Source: Azure OpenAI quota
 * page, 2026-09-29; RFC 9110 section 10.2.3; openai/openai-python#937 (2023-12-06); continuedev/continue#11472
 * (2026-03-16).
 *
 * @example `retry-after-ms: 1500` with `retry-after: 2` is 1500; `retry-after: 7` alone is 7000; the sentence "Please
 * try again in 1m30s" alone is 90,000; `x-ratelimit-reset-tokens: 6m0s` alone is 360,000.
 */
export function retryHintMs(headers: Headers, body: unknown, nowMs: number): number | null {
  return (
    decimal(headers.get('retry-after-ms'), 1) ??
    decimal(headers.get('x-ms-retry-after-ms'), 1) ??
    decimal(headers.get('retry-after'), 1000) ??
    wholeDuration(headers.get('retry-after')) ??
    untilDate(headers, nowMs) ??
    hintInFields(body) ??
    hintInSentences(sentencesIn(body)) ??
    resetMs(headers)
  );
}

function decimal(text: string | null, unitMs: number): number | null {
  return text !== null && /^\s*\d{1,12}(\.\d+)?\s*$/.test(text) ? Number(text) * unitMs : null;
}

function untilDate(headers: Headers, nowMs: number): number | null {
  // A bare or negative number is not a date, although Date.parse reads "-5" as a month.
  const text = headers.get('retry-after');
  const atMs = text !== null && /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) return null;
  const serverNowMs = Date.parse(headers.get('date') ?? '');
  return Math.max(0, atMs - (Number.isNaN(serverNowMs) ? nowMs : serverNowMs));
}

/** Members of an error object, in seconds and in milliseconds; Google writes `retryDelay: "17s"`. */
const SECONDS = ['retry_after', 'retryAfter', 'retry_after_seconds', 'retryAfterSeconds', 'retryDelay'];
const MILLISECONDS = ['retry_after_ms', 'retryAfterMs'];

function hintInFields(body: unknown): number | null {
  const read = (names: readonly string[], unitMs: number): number | undefined =>
    errorObjectsIn(body)
      .flatMap((object) => names.map((name) => anyCase(object, name)))
      .flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []))
      .map((text) => decimal(text, unitMs) ?? wholeDuration(text))
      .find((ms) => ms !== null);
  return read(MILLISECONDS, 1) ?? read(SECONDS, 1000) ?? null;
}

/** "Please retry after", "Try again in", "try your request again in about", "Please wait". */
const BEFORE_DURATION =
  /\b(?:(?:retry|try)\b[^.\d]{0,60}?\b(?:after|in)|wait(?:\s(?:for|at least))?)\s(?:about\s|approximately\s)?(?=\d)/gi;
const IN_OTHER_LANGUAGES =
  /(?<![\d.,])(\d{1,6}(?:[.,]\d+)?)\s?(?:sekund|segundo|seconde|secondi|секунд|秒|초|saniye)/iu;

function hintInSentences(sentences: readonly string[]): number | null {
  for (const sentence of sentences) {
    for (const { index, 0: words } of sentence.matchAll(BEFORE_DURATION)) {
      const after = sentence.slice(index + words.length);
      const waitMs = clockMs(after) ?? readDuration(after)?.ms;
      if (waitMs !== undefined) return waitMs;
    }
    const seconds = IN_OTHER_LANGUAGES.exec(sentence)?.[1];
    if (seconds !== undefined) return Number(seconds.replace(',', '.')) * 1000;
  }
  return null;
}

/**
 * The reset of the exhausted limit; if neither is exhausted, the later one. 0 is ignored: it comes with a limit of -1.
 */
function resetMs(headers: Headers): number | null {
  const resets = (['tokens', 'requests'] as const).map((of) => ({
    ms: resetOf(headers, of),
    isSpent: headers.get(`x-ratelimit-remaining-${of}`) === '0',
  }));
  const spent = resets.filter(({ isSpent }) => isSpent);
  const known = (spent.length > 0 ? spent : resets).flatMap(({ ms }) => (ms === null || ms <= 0 ? [] : [ms]));
  return known.length === 0 ? null : Math.max(...known);
}

function resetOf(headers: Headers, of: Limited): number | null {
  const text = headers.get(`x-ratelimit-reset-${of}`) ?? headers.get(`x-rate-limit-reset-${of}`);
  return decimal(text, 1000) ?? wholeDuration(text);
}

/** As API Management writes durations: `00:00:37`, `1.02:03:04` with days. */
function clockMs(text: string): number | undefined {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d{1,3})\.)?(\d{2}):(\d{2}):(\d{2})\b/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION_PART =
  /(\d{1,12}(?:\.\d{1,9})?)\s?(milliseconds?|msecs?|ms|microseconds?|[uµμ]s|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/iy;
const BETWEEN_PARTS = /(?:\s|,|and\b)*/iy;
const MOST_PARTS = 6;

/** A text that is only a duration, as in OpenAI's limits: `1s`, `6m0s`, `20ms`. */
function wholeDuration(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  const read = readDuration(trimmed);
  return read !== undefined && read.end === trimmed.length ? read.ms : null;
}

/**
 * The duration at the start of a text: `1m30s` and `1 minute and 30 seconds` are 90,000 ms. `end` is the position
 * after it.
 */
function readDuration(text: string): { readonly ms: number; readonly end: number } | undefined {
  let ms = 0;
  let end: number | undefined;
  for (let parts = 0, at = 0; parts < MOST_PARTS; parts += 1) {
    DURATION_PART.lastIndex = at;
    const [whole, number, unit] = DURATION_PART.exec(text) ?? [];
    if (whole === undefined) break;
    ms += Number(number) * (UNIT_MS[unitOf(unit ?? '')] ?? 0);
    end = at + whole.length;
    BETWEEN_PARTS.lastIndex = end;
    at = end + (BETWEEN_PARTS.exec(text)?.[0].length ?? 0);
  }
  return end === undefined ? undefined : { ms, end };
}

function unitOf(unit: string): string {
  const name = unit.toLowerCase();
  if (/^(?:ms|msec|milli)/.test(name)) return 'ms';
  return /^(?:[uµμ]s|micro)/.test(name) ? 'us' : name.slice(0, 1);
}
