/** Where a group of facts comes from. No group stands in the catalogue without it. */
export interface Sourced {
  /** Titles of pages; models.json lists each under `sources` with its place and dates. */
  readonly source: readonly string[];
  /** The day on which the sources said so; `2026-09` or `2026` where no more is known. */
  readonly asOf: string;
  readonly note?: string;
}

const DAY_MS = 86_400_000;

/** The catalogue's few dates, parsed once: parsing them took most of the time of an estimate. */
const startsMs = new Map<string, number>();

/**
 * The first moment of a date that may be a day, a month or a year, in epoch milliseconds (UTC).
 * `startOfDate('2026-09')` is the start of 2026-09-01.
 */
export function startOfDate(date: string): number {
  const known = startsMs.get(date);
  if (known !== undefined) return known;
  const startMs = Date.parse(`${date}${'-01-01'.slice(date.length - 4)}T00:00:00Z`);
  startsMs.set(date, startMs);
  return startMs;
}

/** Whole days from one moment to another, rounded down: `daysBetween(0, 86_400_000)` is 1. */
export function daysBetween(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / DAY_MS);
}
