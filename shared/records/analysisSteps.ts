import type { AppError } from '../errors.ts';
import { ImageRejected } from '../errors.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import { requestDigest } from '../requests/analysisRequest.ts';
import { taskOf } from '../tasks/taskOf.ts';
import {
  type AnalysisRecord,
  type Attempt,
  type ImageFacts,
  isFinal,
  type Lease,
  type Status,
  type WaitingFor,
  type Warning,
} from './analysisRecord.ts';
import { type AnalysisSource, analysisIdOf } from './analysisSource.ts';

/**
 * The states of an analysis as steps from one record to the next.
 *
 *     queued -> running -> succeeded | rejected | failed
 *               running <-> waiting
 *     queued, waiting -> cancelled
 */

export function newAnalysis(source: AnalysisSource, request: AnalysisRequest, nowMs: number): AnalysisRecord {
  return {
    id: analysisIdOf(source, requestDigest(request)),
    status: 'queued',
    source,
    request,
    image: null,
    taskVersion: null,
    estimate: null,
    deployment: null,
    usage: null,
    costMicroUsd: null,
    attempts: [],
    warnings: [],
    error: null,
    waitingFor: null,
    startsAtMs: null,
    lease: null,
    outageSinceMs: null,
    takeovers: 0,
    recalled: null,
    contentDigest: null,
    answerOf: null,
    createdAtMs: nowMs,
    completedAtMs: null,
    timing: { queuedMs: 0, waitedMs: 0, modelMs: 0, totalMs: 0 },
  };
}

/** How a worker that found this record may go on with it. */
export type LeaseEnd =
  | { readonly kind: 'claimed'; readonly record: AnalysisRecord }
  | { readonly kind: 'final' }
  | { readonly kind: 'held'; readonly untilMs: number };

/**
 * Takes the work up, unless it is done or somebody else's lease still runs. A request that was on its way when its
 * holder vanished is marked `ambiguous`: it may have been billed.
 */
export function acquireLease(
  record: AnalysisRecord,
  terms: { readonly holder: string; readonly nowMs: number; readonly leaseMs: number },
): LeaseEnd {
  const { holder, nowMs, leaseMs } = terms;
  if (isFinal(record.status)) return { kind: 'final' };
  const lease = record.lease;
  if (lease && lease.untilMs > nowMs) return { kind: 'held', untilMs: lease.untilMs };
  const attempts = record.attempts.map(
    (attempt): Attempt => (attempt.outcome === 'sending' ? { ...attempt, outcome: 'ambiguous' } : attempt),
  );
  return {
    kind: 'claimed',
    record: {
      ...record,
      status: 'running',
      waitingFor: null,
      startsAtMs: null,
      attempts,
      takeovers: record.takeovers + (lease ? 1 : 0),
      recalled: null,
      lease: { holder, untilMs: nowMs + leaseMs },
      timing: record.status === 'queued' ? { ...record.timing, queuedMs: nowMs - record.createdAtMs } : record.timing,
    },
  };
}

export function withImageFacts(
  record: AnalysisRecord,
  image: ImageFacts,
  estimate: AnalysisRecord['estimate'],
): AnalysisRecord {
  return { ...record, image, estimate, taskVersion: taskOf(record.request.task).version };
}

/** The newest sentence of each code: what an analysis waits for does not pile up over its tries. */
export function withWarning(record: AnalysisRecord, warning: Warning): AnalysisRecord {
  return { ...record, warnings: [...record.warnings.filter(({ code }) => code !== warning.code), warning] };
}

/** Puts the work down until `startsAtMs`; the lease is given back. */
export function postponed(
  record: AnalysisRecord,
  wait: {
    readonly waitingFor: WaitingFor;
    readonly startsAtMs: number;
    readonly needsMicroUsd?: number | null | undefined;
    readonly nowMs: number;
  },
): AnalysisRecord {
  const { waitingFor, startsAtMs, nowMs, needsMicroUsd = null } = wait;
  const outageSinceMs = waitingFor === 'outage' ? (record.outageSinceMs ?? nowMs) : null;
  return { ...record, status: 'waiting', waitingFor, startsAtMs, needsMicroUsd, outageSinceMs, lease: null };
}

/** Its message was lost, or given up as a dead letter, and is sent again. */
export function withResentMessage(record: AnalysisRecord, nowMs: number, isDeadLetter = false): AnalysisRecord {
  const { count = 0, deadLetters = 0 } = record.recalled ?? {};
  return { ...record, recalled: { count: count + 1, atMs: nowMs, deadLetters: deadLetters + (isDeadLetter ? 1 : 0) } };
}

/** Written before the request leaves, so that a crash leaves behind what it may have cost. */
export function sending(
  record: AnalysisRecord,
  attempt: Pick<Attempt, 'deployment' | 'region'>,
  lease: Lease,
): AnalysisRecord {
  return {
    ...record,
    takeovers: 0,
    status: 'running',
    lease,
    attempts: [...record.attempts, { ...attempt, status: null, outcome: 'sending', ms: 0 }],
  };
}

/** What became of the request that `sending` announced. */
export function sent(record: AnalysisRecord, ended: Pick<Attempt, 'outcome' | 'status' | 'ms'>): AnalysisRecord {
  const attempts = record.attempts.map((attempt) =>
    attempt.outcome === 'sending' ? { ...attempt, ...ended } : attempt,
  );
  return { ...record, attempts, timing: { ...record.timing, modelMs: record.timing.modelMs + ended.ms } };
}

/** The last request was answered, but its answer is of no use. */
export function lastAttemptUnusable(record: AnalysisRecord): AnalysisRecord {
  const last = record.attempts.at(-1);
  return last ? { ...record, attempts: [...record.attempts.slice(0, -1), { ...last, outcome: 'unusable' }] } : record;
}

/** Ends well. */
export function succeeded(record: AnalysisRecord, warnings: readonly Warning[], nowMs: number): AnalysisRecord {
  return ended({ ...record, warnings: [...record.warnings, ...warnings] }, 'succeeded', nowMs);
}

/** Ends with a reason: `rejected` where the image or the request is at fault, else `failed`. */
export function endedBy(record: AnalysisRecord, error: AppError, nowMs: number): AnalysisRecord {
  const status: Status = error instanceof ImageRejected || error.code === 'invalid-request' ? 'rejected' : 'failed';
  const { code, detail, category } = error;
  return ended({ ...record, error: { code, detail, ...(category !== undefined && { category }) } }, status, nowMs);
}

/** Stopped while it waited. */
export function cancelled(record: AnalysisRecord, nowMs: number): AnalysisRecord {
  return ended(record, 'cancelled', nowMs);
}

function ended(record: AnalysisRecord, status: Status, nowMs: number): AnalysisRecord {
  const totalMs = nowMs - record.createdAtMs;
  const { queuedMs, modelMs } = record.timing;
  return {
    ...record,
    status,
    waitingFor: null,
    startsAtMs: null,
    lease: null,
    completedAtMs: nowMs,
    timing: { queuedMs, modelMs, totalMs, waitedMs: Math.max(0, totalMs - queuedMs - modelMs) },
  };
}
