import type { DeploymentView } from '../pool/ledger.ts';
import { type PendingRecord, startOf } from '../records/analysisRecord.ts';
import { servingOf, tokensPerMinuteOf } from './serving.ts';

/** The waiting work: how many, and the records that were read. */
export interface WaitingWork {
  readonly count: number;
  readonly records: readonly PendingRecord[];
}

/**
 * Work due within this time starts by itself. It is longer than the timer's look-ahead, so that no wake gains only
 * little.
 */
export const COMES_ANYWAY_MS = 150_000;

interface Pace {
  readonly nowMs: number;
  /** When analyses were answered lately, epoch milliseconds, oldest first. */
  readonly answeredAtMs: readonly number[];
}

const MINUTE_MS = 60_000;
/** A pace counts if it lasted this long, over this many answers. */
const LEAST_KEPT_MS = MINUTE_MS;
const LEAST_ANSWERS = 10;

/**
 * When all waiting work will be done (epoch milliseconds); null if unknown. The maximum of three times: the slowest
 * model's work at the quota and charges of its answering deployments, the last estimated start, and the work at the
 * recent pace, because quota may not be the only limit.
 */
export function expectedDone(waiting: WaitingWork, pool: readonly DeploymentView[], pace: Pace): number | null {
  const { nowMs } = pace;
  const known = waiting.records.flatMap(({ estimate, request }) =>
    estimate ? [{ model: request.model, tokens: estimate.admissionTokens }] : [],
  );
  if (known.length === 0) return null;
  const minutes = [...new Set(known.map(({ model }) => model))].map((model) => {
    const tokens = sum(known.filter((each) => each.model === model).map((each) => each.tokens));
    return (tokens * (waiting.count / known.length)) / tokensPerMinuteOf(servingOf(pool, { model }));
  });
  const lastStartMs = Math.max(
    ...waiting.records.filter((each) => standsFast(each, nowMs)).map((each) => startOf(each) ?? 0),
  );
  const atQuotaMs = nowMs + Math.max(...minutes) * MINUTE_MS;
  const doneMs = Math.max(atQuotaMs, lastStartMs, atPace(waiting, pace) ?? 0);
  return Number.isFinite(doneMs) ? Math.round(doneMs) : null;
}

/** Work that waits for quota is woken when there is some. Budget resets and ends of outages do not move. */
function standsFast(record: PendingRecord, nowMs: number): boolean {
  if (record.status === 'queued' || record.waitingFor !== 'quota') return true;
  return record.startsAtMs <= nowMs + COMES_ANYWAY_MS;
}

/** Since work has waited, or since the first answer after an idle time: before that there was no pace. */
function atPace({ count, records }: WaitingWork, { nowMs, answeredAtMs }: Pace): number | undefined {
  const oldestMs = Math.min(...records.map(({ createdAtMs }) => createdAtMs));
  const since = answeredAtMs.filter((atMs) => atMs >= oldestMs);
  const [firstMs = nowMs] = since;
  const keptMs = nowMs - firstMs;
  if (keptMs < LEAST_KEPT_MS || since.length < LEAST_ANSWERS) return undefined;
  return nowMs + (count * keptMs) / since.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
