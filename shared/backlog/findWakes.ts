import type { DeploymentView } from '../pool/ledger.ts';
import { type AnalysisFacts, type PendingRecord, startOf } from '../records/analysisRecord.ts';
import { COMES_ANYWAY_MS, type WaitingWork } from './expectedDone.ts';
import { servingOf, tokensPerMinuteOf } from './serving.ts';

/** What waits for a later moment than it must. */
interface Wakes {
  /** Who can start sooner than they were told, and when (epoch milliseconds); the oldest first. */
  readonly calls: readonly { readonly id: string; readonly startsAtMs: number }[];
  /** Of each model that waits, when the last one's time ends. */
  readonly lineEnds: readonly { readonly model: string; readonly endMs: number }[];
}

/** The timer looks each minute; until it has looked twice more, the pool is to have enough to do. */
const CALLED_AHEAD_MS = 120_000;

/** What of its quota a pool is taken to use at least, by those who come: at first it has used nothing. */
const LEAST_USED = 0.5;

/**
 * Who is to be called before the time that it was told. Such a time is told once, by what the pool could do then and by
 * what stood in line; an outage that ends, quota that is added, answers that turn out shorter, or a line that is
 * cancelled leave the pool idle until then. Only as many as the next two minutes have room for: times that were told by
 * the pool as it is stay as they are.
 */
export function findWakes(waiting: WaitingWork, pool: readonly DeploymentView[], nowMs: number): Wakes {
  const known = waiting.records.filter(({ estimate }) => estimate !== null);
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

/** Those who wait for the same quota. */
function keyOf({ request }: AnalysisFacts): string {
  return JSON.stringify([request.model, request.deploymentName ?? null]);
}

function tokensOf(records: readonly AnalysisFacts[]): number {
  return records.reduce((sum, { estimate }) => sum + (estimate?.admissionTokens ?? 0), 0);
}

/** Answers shorter than was estimated leave room that those who come anyway do not fill. */
function usedPart(serving: readonly DeploymentView[]): number {
  const bookedTokens = serving.reduce((sum, view) => sum + view.bookedTokens, 0);
  const tokensPerMinute = serving.reduce((sum, { deployment }) => sum + deployment.tokensPerMinute, 0);
  return Math.min(1, Math.max(LEAST_USED, bookedTokens / tokensPerMinute));
}
