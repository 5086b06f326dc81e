import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import type { DeploymentView } from '../pool/ledger.ts';
import { awaitsPages, isFinal, isPending, leaseOf } from '../records/analysisRecord.ts';
import { type OldestOpen, readOldestOpen } from '../records/oldestOpen.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import { type BudgetPause, budgetPauseOf } from './budgetPause.ts';
import { expectedDone, type WaitingWork } from './expectedDone.ts';
import { pagesAhead } from './pagesAhead.ts';

/** The open work, and when it will be done. */
export interface Backlog {
  readonly waiting: number;
  /** Absent, or true where more than 20,000 are open: then `waiting` is about what the queue says. */
  readonly isApproximate?: true;
  readonly running: number;
  /** Documents whose pages are under way; their pages are counted as waiting and running. */
  readonly documents: number;
  /** Epoch milliseconds, as all times here. */
  readonly oldestWaitingSinceMs: number | null;
  /** Null when nothing waits, or the time cannot be estimated. */
  readonly expectedDoneAtMs: number | null;
  /** Analyses answered per minute, over the last five. */
  readonly perMinute: number;
  /** Expired leases of crashed workers. */
  readonly expiredLeases: number;
  /** Messages of waiting analyses, and one of each running one; invisible ones included. */
  readonly queueDepth: number;
  /** The latest end of the newest succeeded analyses; null without one. */
  readonly lastSuccessAtMs: number | null;
  readonly pausedReason?: string;
}

/** As the timer stores it. */
export const backlogSchema: z.ZodType<Backlog> = z.object({
  waiting: z.number(),
  isApproximate: z.literal(true).exactOptional(),
  running: z.number(),
  documents: z.number(),
  oldestWaitingSinceMs: z.number().nullable(),
  expectedDoneAtMs: z.number().nullable(),
  perMinute: z.number(),
  expiredLeases: z.number(),
  queueDepth: z.number(),
  lastSuccessAtMs: z.number().nullable(),
  pausedReason: z.string().exactOptional(),
} satisfies { readonly [Name in keyof Required<Backlog>]: z.ZodType });

const NEWEST_SUCCESSES = 10;

const MEASURED_MS = 5 * 60_000;

/** What was already read for it. */
export interface Seen {
  readonly open: OldestOpen;
  readonly pool: readonly DeploymentView[];
}

export async function readBacklog(
  parts: Pick<Capabilities, 'analyses' | 'budget' | 'due' | 'ledger' | 'now' | 'usage'>,
  seen?: Seen,
): Promise<Backlog> {
  const nowMs = parts.now();
  const [{ count, isApproximate, read }, answeredAtMs, pool, queueDepth, successes] = await Promise.all([
    seen?.open ?? readOldestOpen(parts),
    answeredLately(parts, nowMs),
    seen?.pool ?? parts.ledger.view(),
    parts.due.length(),
    parts.analyses.list({ status: 'succeeded', limit: NEWEST_SUCCESSES, withPages: true }),
  ]);
  const records = read.map(({ record }) => record);
  const documents = records.filter(awaitsPages);
  const ahead = pagesAhead(records);
  // The unread ones wait: running work is among the oldest.
  const waiting = records.filter(isPending).filter((record) => !awaitsPages(record));
  const waitingCount = count - records.length + waiting.length + ahead;
  const oldestWaitingSinceMs = waiting.reduce<number | null>(
    (oldest, { createdAtMs }) => Math.min(oldest ?? createdAtMs, createdAtMs),
    null,
  );
  const work = { count: waitingCount, records: waiting };
  const outage = outageOf(pool);
  const pause = await pauseOf(work, parts);
  const pausedReason = outage ?? pause.reason;
  const doneMs = waitingCount > 0 ? expectedDone(work, pool, { nowMs, answeredAtMs }) : null;
  return {
    waiting: waitingCount,
    ...(isApproximate && { isApproximate }),
    running: records.filter(({ status }) => status === 'running').length,
    documents: documents.length,
    oldestWaitingSinceMs,
    expectedDoneAtMs: outage === undefined && doneMs !== null ? Math.max(doneMs, pause.notDoneBeforeMs) : null,
    perMinute: answeredAtMs.length / (MEASURED_MS / 60_000),
    expiredLeases: records.filter((record) => (leaseOf(record)?.untilMs ?? nowMs) < nowMs).length,
    queueDepth,
    lastSuccessAtMs: successes.records.reduce<number | null>(
      (latest, record) => (isFinal(record) ? Math.max(latest ?? 0, record.completedAtMs) : latest),
      null,
    ),
    ...(pausedReason === undefined ? {} : { pausedReason }),
  };
}

/** A budget whose table refuses is a pause too, of unknown length. */
async function pauseOf(work: WaitingWork, { budget, now }: Pick<Capabilities, 'budget' | 'now'>): Promise<BudgetPause> {
  try {
    return budgetPauseOf(work, await budget.view(), now());
  } catch (error) {
    if (!(error instanceof StorageRefused)) throw error;
    return { reason: error.detail, notDoneBeforeMs: now() };
  }
}

/** End times of recently answered analyses, oldest first. */
async function answeredLately({ usage }: Pick<Capabilities, 'usage'>, nowMs: number): Promise<readonly number[]> {
  const answeredAtMs: number[] = [];
  for await (const { call, atMs } of usage.between(nowMs - MEASURED_MS, nowMs)) if (call === 1) answeredAtMs.push(atMs);
  return answeredAtMs;
}

function outageOf(pool: readonly DeploymentView[]): string | undefined {
  const reasons = pool.flatMap(({ circuit, deployment }) =>
    circuit.state === 'open' ? [`${deployment.name}: ${circuit.reason}`] : [],
  );
  return pool.length > 0 && reasons.length === pool.length ? `No deployment answers. ${reasons.join(' ')}` : undefined;
}
