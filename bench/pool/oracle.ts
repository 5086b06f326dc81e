import type { Job } from './jobs.ts';
import { POOLS, type Pool, type Scenario } from './scenario.ts';

/**
 * Serves in order of arrival with perfect knowledge: every job at the first millisecond at which its true charge fits into
 * every minute of some region. A later job may use a gap that an earlier one is too large for. Of a quota that another tenant uses in part, it has the rest, evenly.
 *
 * @returns when each job starts
 */
export function oracleStarts(scenario: Scenario, jobs: readonly Job[]): ReadonlyMap<string, number> {
  const pool: Pool = POOLS[scenario.pool];
  const regions = pool.tokensPerMinute.map((tokens) => createRegion(scenario.kind, tokens * (1 - scenario.tenant)));
  const starts = new Map<string, number>();
  for (const job of jobs) {
    let best = { startMs: Number.POSITIVE_INFINITY, region: regions[0] };
    for (const region of regions) {
      const startMs = region.firstFree(job.arrivesMs, job.chargedTokens);
      if (startMs < best.startMs) best = { startMs, region };
    }
    best.region?.take(best.startMs, job.chargedTokens);
    starts.set(job.id, best.startMs);
  }
  return starts;
}

interface Region {
  readonly firstFree: (fromMs: number, tokens: number) => number;
  readonly take: (atMs: number, tokens: number) => void;
}

function createRegion(kind: 'sliding' | 'fixed', tokensPerMinute: number): Region {
  return kind === 'sliding' ? createSliding(tokensPerMinute) : createFixed(tokensPerMinute);
}

function createFixed(tokensPerMinute: number): Region {
  const used = new Map<number, number>();
  return {
    firstFree: (fromMs, given) => {
      const tokens = Math.min(given, tokensPerMinute);
      let minute = Math.floor(fromMs / 60_000);
      while ((used.get(minute) ?? 0) + tokens > tokensPerMinute) minute += 1;
      return Math.max(fromMs, minute * 60_000);
    },
    take: (atMs, tokens) => {
      const minute = Math.floor(atMs / 60_000);
      used.set(minute, (used.get(minute) ?? 0) + Math.min(tokens, tokensPerMinute));
    },
  };
}

function createSliding(tokensPerMinute: number): Region {
  let taken: { readonly atMs: number; readonly tokens: number }[] = [];
  return {
    firstFree: (fromMs, given) => {
      const tokens = Math.min(given, tokensPerMinute);
      taken = taken.filter(({ atMs }) => atMs > fromMs - 120_000);
      let atMs = fromMs;
      for (;;) {
        const nextMs = nextTry(taken, { atMs, room: tokensPerMinute - tokens });
        if (nextMs === atMs) return atMs;
        atMs = nextMs;
      }
    },
    take: (atMs, tokens) => {
      const index = taken.findLastIndex((one) => one.atMs <= atMs);
      taken.splice(index + 1, 0, { atMs, tokens: Math.min(tokens, tokensPerMinute) });
    },
  };
}

/** The same moment when every minute that contains it has room, else a later one before which there is none. */
function nextTry(
  taken: readonly { readonly atMs: number; readonly tokens: number }[],
  wanted: { readonly atMs: number; readonly room: number },
): number {
  const { atMs, room } = wanted;
  let low = taken.findIndex((one) => one.atMs > atMs - 60_000);
  if (low === -1) return atMs;
  let high = low;
  let sum = 0;
  for (; high < taken.length && (taken[high]?.atMs ?? 0) <= atMs; high += 1) sum += taken[high]?.tokens ?? 0;
  if (sum > room) return (taken[low]?.atMs ?? atMs) + 60_000;
  for (; high < taken.length; high += 1) {
    const later = taken[high];
    if (later === undefined || later.atMs >= atMs + 60_000) break;
    sum += later.tokens;
    while ((taken[low]?.atMs ?? Number.POSITIVE_INFINITY) <= later.atMs - 60_000) {
      sum -= taken[low]?.tokens ?? 0;
      low += 1;
    }
    if (sum > room) return later.atMs + 1;
  }
  return atMs;
}
