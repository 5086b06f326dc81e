import { percentile } from '../figure.ts';
import { type Job, jobsOf } from './jobs.ts';
import { oracleStarts } from './oracle.ts';
import type { Counted, Player } from './players/player.ts';
import { randomNumbers } from './randomNumbers.ts';
import type { Scenario } from './scenario.ts';
import { createService } from './service.ts';
import { createVirtualTime } from './virtualTime.ts';

/** Not on the edge of a minute: no player is to gain by that. */
const START_MS = Date.UTC(2026, 10, 23, 12, 0, 17);

export interface Result {
  readonly player: string;
  readonly answered: number;
  readonly poisoned: number;
  /** After learning, for each hundred answers. */
  readonly refusedPer100: number;
  readonly holdMs: { readonly p50: number; readonly p95: number; readonly most: number };
  readonly tokensPerMinute: number;
  /** Counted for each answer. */
  readonly asks: number;
  readonly writes: number;
  readonly messages: number;
  readonly queries: number;
  /** The 99th percentile of how far the order of starts is from the order of arrival, in parts of all jobs. */
  readonly outOfOrder: number;
}

export interface Match {
  readonly oracle: Result;
  readonly results: readonly Result[];
}

/** Lets each player bring the same jobs to the same service. */
export async function play(scenario: Scenario, players: readonly Player[]): Promise<Match> {
  const jobs = jobsOf(scenario, START_MS);
  const results: Result[] = [];
  for (const player of players) results.push(await playOne(scenario, jobs, player));
  const starts = oracleStarts(scenario, jobs);
  const oracle = resultOf(scenario, jobs, {
    player: 'oracle',
    startMs: starts,
    refusedMs: [],
    poisoned: 0,
    counts: NONE,
  });
  return { oracle, results };
}

async function playOne(scenario: Scenario, jobs: readonly Job[], player: Player): Promise<Result> {
  const endMs = endOf(scenario);
  const time = createVirtualTime(START_MS);
  const service = createService(scenario, time, endMs);
  const counts = { ...NONE };
  const count = (what: Counted): void => {
    counts[what] += 1;
  };
  const bring = player.sit({ scenario, service, time, random: randomNumbers(scenario.seed + 5), count });
  let poisoned = 0;
  const noteEnd = (end: 'answered' | 'poisoned'): void => {
    if (end === 'poisoned') poisoned += 1;
  };
  let broken: unknown;
  for (const job of jobs) {
    time.at(job.arrivesMs, () => {
      bring(job).then(noteEnd, (error: unknown) => {
        broken = error;
      });
    });
  }
  await time.run(endMs);
  if (broken !== undefined) throw broken;
  const { admittedMs: startMs, refusedMs } = service;
  return resultOf(scenario, jobs, { player: player.name, startMs, refusedMs, poisoned, counts });
}

/** A backlog is played to its end, a stream 15 minutes longer than its arrivals; above the quota it would never be served. */
function endOf(scenario: Scenario): number {
  if (scenario.load === 'backlog') return Number.POSITIVE_INFINITY;
  return START_MS + (scenario.minutes + (scenario.load > 1 ? 0 : 15)) * 60_000;
}

const NONE: Record<Counted, number> = { ask: 0, write: 0, message: 0, query: 0 };

interface Played {
  readonly player: string;
  readonly startMs: ReadonlyMap<string, number>;
  readonly refusedMs: readonly number[];
  readonly poisoned: number;
  readonly counts: typeof NONE;
}

function resultOf(scenario: Scenario, jobs: readonly Job[], played: Played): Result {
  const fromMs = START_MS + scenario.warmUpMinutes * 60_000;
  const untilMs = scenario.load === 'backlog' ? lastOf(played.startMs) : START_MS + scenario.minutes * 60_000;
  const holds: number[] = [];
  let tokens = 0;
  let answers = 0;
  for (const job of jobs) {
    const startMs = played.startMs.get(job.id);
    if (startMs !== undefined && startMs >= fromMs && startMs <= untilMs) {
      tokens += job.chargedTokens;
      answers += 1;
    }
    // What never started is held to the end, at least.
    if (job.arrivesMs >= fromMs || scenario.load === 'backlog') holds.push((startMs ?? untilMs) - job.arrivesMs);
  }
  const refused = played.refusedMs.filter((atMs) => atMs >= fromMs && atMs <= untilMs).length;
  return {
    player: played.player,
    answered: played.startMs.size,
    poisoned: played.poisoned,
    refusedPer100: (100 * refused) / Math.max(1, answers),
    holdMs: { p50: percentile(holds, 0.5), p95: percentile(holds, 0.95), most: Math.max(...holds) },
    tokensPerMinute: (tokens * 60_000) / Math.max(1, untilMs - fromMs),
    asks: played.counts.ask / Math.max(1, played.startMs.size),
    writes: played.counts.write / Math.max(1, played.startMs.size),
    messages: played.counts.message / Math.max(1, played.startMs.size),
    queries: played.counts.query / Math.max(1, played.startMs.size),
    outOfOrder: outOfOrder(jobs, played.startMs),
  };
}

function outOfOrder(jobs: readonly Job[], startMs: ReadonlyMap<string, number>): number {
  const started = jobs.filter(({ id }) => startMs.has(id));
  const inOrderOfStart = started.toSorted((left, right) => (startMs.get(left.id) ?? 0) - (startMs.get(right.id) ?? 0));
  const places = new Map(inOrderOfStart.map(({ id }, place) => [id, place]));
  const off = started.map(({ id }, place) => Math.abs((places.get(id) ?? 0) - place) / started.length);
  return percentile(off, 0.99);
}

function lastOf(startMs: ReadonlyMap<string, number>): number {
  let lastMs = 0;
  for (const atMs of startMs.values()) lastMs = Math.max(lastMs, atMs);
  return lastMs;
}
