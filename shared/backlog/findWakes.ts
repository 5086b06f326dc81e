import type { DeploymentView } from '../pool/ledger.ts';
import { type AnalysisFacts, awaitsPages, type PendingRecord, startOf } from '../records/analysisRecord.ts';
import { COMES_ANYWAY_MS, type WaitingWork } from './expectedDone.ts';
import { servingOf, tokensPerMinuteOf } from './serving.ts';

/** Work that waits longer than necessary. */
interface Wakes {
  /** Work that can start before its estimated start, and when (epoch milliseconds); oldest first. */
  readonly calls: readonly { readonly id: string; readonly startsAtMs: number }[];
  /** The last estimated start of each waiting model. */
  readonly lineEnds: readonly { readonly model: string; readonly endMs: number }[];
}

/** The timer runs each minute. The pool should have enough work for two more runs. */
const CALLED_AHEAD_MS = 120_000;

/** The least share of its quota that arriving work is assumed to use, because a new pool has used nothing yet. */
const LEAST_USED = 0.5;

/**
 * Finds work to wake before its estimated start. That estimate was made once, from the pool and the backlog of then.
 * When an outage ends, quota is added, answers are shorter or work is cancelled, the pool would be idle until then.
 * Wakes only as many as the next two minutes have room for.
 */
export function findWakes(waiting: WaitingWork, pool: readonly DeploymentView[], nowMs: number): Wakes {
  const known = waiting.records.filter((record) => record.estimate !== null && !awaitsPages(record));
  const scale = waiting.count / Math.max(1, known.length);
  const calls: { id: string; startsAtMs: number }[] = [];
  const lineEnds = new Map<string, number>();
  for (const records of Map.groupBy(known, keyOf).values()) {
    const request = records[0]?.request ?? { model: '' };
    const serving = servingOf(pool, request);
    const perMs = tokensPerMinuteOf(serving) / 60_000;
    if (perMs === 0) continue;
    const endMs = Math.ceil(nowMs + (tokensOf(records) * scale) / perMs);
    lineEnds.set(request.model, Math.max(lineEnds.get(request.model) ?? 0, endMs));
    const inLine = records.filter((each) => each.status === 'waiting' && each.waitingFor === 'quota');
    const isLate = (each: PendingRecord): boolean => (startOf(each) ?? 0) > nowMs + COMES_ANYWAY_MS;
    const coming = inLine.filter((record) => !isLate(record));
    let aheadMs = (tokensOf(coming) * usedPart(serving)) / perMs;
    for (const record of inLine.filter(isLate).toSorted((left, right) => left.createdAtMs - right.createdAtMs)) {
      if (aheadMs > CALLED_AHEAD_MS) break;
      calls.push({ id: record.id, startsAtMs: Math.ceil(nowMs + aheadMs) });
      aheadMs += tokensOf([record]) / perMs;
    }
  }
  return { calls, lineEnds: [...lineEnds].map(([model, endMs]) => ({ model, endMs })) };
}

/** Work that waits for the same quota. */
function keyOf({ request }: AnalysisFacts): string {
  return JSON.stringify([request.model, request.deploymentName ?? null]);
}

function tokensOf(records: readonly AnalysisFacts[]): number {
  return records.reduce((sum, { estimate }) => sum + (estimate?.admissionTokens ?? 0), 0);
}

/** Answers shorter than estimated leave room that arriving work does not fill. */
function usedPart(serving: readonly DeploymentView[]): number {
  const bookedTokens = serving.reduce((sum, view) => sum + view.bookedTokens, 0);
  const tokensPerMinute = serving.reduce((sum, { deployment }) => sum + deployment.tokensPerMinute, 0);
  return Math.min(1, Math.max(LEAST_USED, bookedTokens / tokensPerMinute));
}
