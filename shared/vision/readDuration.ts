const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const PART =
  /(\d{1,12}(?:\.\d{1,9})?)\s?(milliseconds?|msecs?|ms|microseconds?|[uµμ]s|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/iy;
const BETWEEN = /(?:\s|,|and\b)*/iy;
const MOST_PARTS = 6;

/**
 * A duration at a place of a text, in milliseconds; undefined where none begins there. `end` is the place behind it.
 *
 * @example `readDuration('1m30s', 0)` is 90,000 ms; so is `1 minute and 30 seconds`; `28ms` is 28, `1.898s` is 1,898.
 */
export function readDuration(text: string, from: number): { readonly ms: number; readonly end: number } | undefined {
  let ms = 0;
  let end: number | undefined;
  for (let count = 0, at = from; count < MOST_PARTS; count += 1) {
    PART.lastIndex = at;
    const [whole, number, unit] = PART.exec(text) ?? [];
    if (whole === undefined) break;
    ms += Number(number) * (UNIT_MS[unitOf(unit ?? '')] ?? 0);
    end = at + whole.length;
    BETWEEN.lastIndex = end;
    at = end + (BETWEEN.exec(text)?.[0].length ?? 0);
  }
  return end === undefined ? undefined : { ms, end };
}

function unitOf(unit: string): string {
  const name = unit.toLowerCase();
  if (/^(?:ms|msec|milli)/.test(name)) return 'ms';
  return /^(?:[uµμ]s|micro)/.test(name) ? 'us' : name.slice(0, 1);
}
