import { anyCase, errorObjectsIn } from './errorParts.ts';
import { readDuration } from './readDuration.ts';
import { sentencesIn } from './serviceSentence.ts';

/** "Please retry after", "Try again in", "try your request again in about", "Please wait". */
const BEFORE_DURATION =
  /\b(?:(?:retry|try)\b[^.\d]{0,60}?\b(?:after|in)|wait(?:\s(?:for|at least))?)\s(?:about\s|approximately\s)?(?=\d)/gi;

/**
 * How long the service asks us to wait, in milliseconds as it says it (one has said a whole day: clamping is the
 * pool's), or null where it says nothing readable. The precise headers come before `Retry-After`, whose date is read
 * against the service's own clock where it sends one; then the body of the 429, for gateways that drop headers; last
 * the time until the exceeded limit is whole again, which is the latest that it can be.
 * Source: Azure OpenAI quota page, 2026-09-29; RFC 9110 section 10.2.3; openai/openai-python#937 (2023-12-06);
 * continuedev/continue#11472 (2026-03-16).
 *
 * @example `retry-after-ms: 1500` with `retry-after: 2` is 1500; `retry-after: 7` alone is 7000; the sentence "Please try
 * again in 1m30s" alone is 90,000; `x-ratelimit-reset-tokens: 6m0s` alone is 360,000.
 */
export function retryHintMs(headers: Headers, body: unknown, nowMs: number): number | null {
  return (
    decimal(headers.get('retry-after-ms'), 1) ??
    decimal(headers.get('x-ms-retry-after-ms'), 1) ??
    decimal(headers.get('retry-after'), 1000) ??
    duration(headers.get('retry-after')) ??
    untilDate(headers, nowMs) ??
    written(body) ??
    spoken(sentencesIn(body)) ??
    resetMs(headers)
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

/** As OpenAI's limits are written: `1s`, `6m0s`, `20ms`. */
function duration(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  const read = readDuration(trimmed, 0);
  return read !== undefined && read.end === trimmed.length ? read.ms : null;
}

/** Members of an error object, in seconds and in milliseconds; Google writes `retryDelay: "17s"`. */
const SECONDS = ['retry_after', 'retryAfter', 'retry_after_seconds', 'retryAfterSeconds', 'retryDelay'];
const MILLISECONDS = ['retry_after_ms', 'retryAfterMs'];

function written(body: unknown): number | null {
  const read = (names: readonly string[], unitMs: number): number | undefined =>
    errorObjectsIn(body)
      .flatMap((object) => names.map((name) => anyCase(object, name)))
      .flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []))
      .map((text) => decimal(text, unitMs) ?? duration(text))
      .find((ms) => ms !== null);
  return read(MILLISECONDS, 1) ?? read(SECONDS, 1000) ?? null;
}

function spoken(sentences: readonly string[]): number | null {
  for (const sentence of sentences) {
    for (const { index, 0: words } of sentence.matchAll(BEFORE_DURATION)) {
      const read = clock(sentence.slice(index + words.length)) ?? readDuration(sentence, index + words.length)?.ms;
      if (read !== undefined) return read;
    }
    const seconds = IN_OTHER_LANGUAGES.exec(sentence)?.[1];
    if (seconds !== undefined) return Number(seconds.replace(',', '.')) * 1000;
  }
  return null;
}

const IN_OTHER_LANGUAGES =
  /(?<![\d.,])(\d{1,6}(?:[.,]\d+)?)\s?(?:sekund|segundo|seconde|secondi|секунд|秒|초|saniye)/iu;

/** As API Management writes spans: `00:00:37`, `1.02:03:04` with days. */
function clock(text: string): number | undefined {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d{1,3})\.)?(\d{2}):(\d{2}):(\d{2})\b/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** Of the limit that nothing remains of; where neither says so, the later one. 0 says nothing: it comes beside a limit of -1. */
function resetMs(headers: Headers): number | null {
  const resets = (['tokens', 'requests'] as const).map((of) => ({
    ms: resetOf(headers, of),
    isSpent: headers.get(`x-ratelimit-remaining-${of}`) === '0',
  }));
  const spent = resets.filter(({ isSpent }) => isSpent);
  const known = (spent.length > 0 ? spent : resets).flatMap(({ ms }) => (ms === null || ms <= 0 ? [] : [ms]));
  return known.length === 0 ? null : Math.max(...known);
}

function resetOf(headers: Headers, of: 'tokens' | 'requests'): number | null {
  const text = headers.get(`x-ratelimit-reset-${of}`) ?? headers.get(`x-rate-limit-reset-${of}`);
  return decimal(text, 1000) ?? duration(text);
}
