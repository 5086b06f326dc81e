import type { DeploymentView } from '../pool/ledger.ts';
import { type PendingRecord, startOf } from '../records/analysisRecord.ts';
import { servingOf, tokensPerMinuteOf } from './serving.ts';

/** What waits: how many, and those of them that were read. */
export interface WaitingWork {
  readonly count: number;
  readonly records: readonly PendingRecord[];
}

/** What is due within this starts by itself: later than the timer wakes ahead, so that nothing is woken for little. */
export const COMES_ANYWAY_MS = 150_000;

interface Pace {
  readonly nowMs: number;
  /** When analyses were answered lately, epoch milliseconds, oldest first. */
  readonly answeredAtMs: readonly number[];
}

const MINUTE_MS = 60_000;
/** A pace is believed that was kept for so long, over so many answers. */
const LEAST_KEPT_MS = MINUTE_MS;
const LEAST_ANSWERS = 10;

/**
 * When all that waits will be done (epoch milliseconds); null where nobody can say. The slowest model's share of it, at
 * the quota of the deployments that answer and at what they are known to charge; not before the last start that stands;
 * and not sooner than at the pace at which it has gone lately, for quota is not all that may be short.
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

/** Whoever waits for quota is called sooner when there is some; money and the end of an outage do not come sooner. */
function standsFast(record: PendingRecord, nowMs: number): boolean {
  if (record.status === 'queued' || record.waitingFor !== 'quota') return true;
  return record.startsAtMs <= nowMs + COMES_ANYWAY_MS;
}

/** Since work has waited, or since the first answer after an idle time: before that there was no pace to keep. */
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
