import { type AppError, ImageRejected } from '../errors.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';
import { taskOf } from '../tasks/taskOf.ts';
import {
  type AnalysisFacts,
  type AnalysisRecord,
  type Attempt,
  type CancelledRecord,
  type FailedRecord,
  type FinalRecord,
  type ImageFacts,
  isFinal,
  type Lease,
  leaseOf,
  type OpenRecord,
  type PendingRecord,
  type QueuedRecord,
  type RejectedRecord,
  type RunningRecord,
  type SucceededRecord,
  type Wait,
  type WaitingRecord,
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

export function newAnalysis(source: AnalysisSource, request: AnalysisRequest, nowMs: number): QueuedRecord {
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
    takeovers: 0,
    contentDigest: null,
    answerOf: null,
    createdAtMs: nowMs,
    timing: { queuedMs: 0, waitedMs: 0, modelMs: 0, totalMs: 0 },
  };
}

/** The fields of every state, without those of the record's own state. */
export function factsOf({ isAside, cut, document, ...record }: AnalysisFacts): AnalysisFacts {
  const { id, source, request, image, taskVersion, estimate, deployment, usage, costMicroUsd, attempts } = record;
  const { warnings, takeovers, contentDigest, answerOf, createdAtMs, timing } = record;
  return {
    ...{ id, source, request, image, taskVersion, estimate, deployment, usage, costMicroUsd, attempts },
    ...{ warnings, takeovers, contentDigest, answerOf, createdAtMs, timing },
    ...(isAside && { isAside }),
    ...(cut && { cut }),
    ...(document && { document }),
  };
}

interface LeaseTerms {
  readonly holder: string;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** How a worker may continue with this record. */
type LeaseEnd =
  | { readonly kind: 'acquired'; readonly record: RunningRecord }
  | { readonly kind: 'final'; readonly record: FinalRecord }
  | { readonly kind: 'held'; readonly untilMs: number };

/** Takes the lease, unless the analysis has ended or another worker's lease still runs. */
export function acquireLease(record: AnalysisRecord, terms: LeaseTerms): LeaseEnd {
  if (isFinal(record)) return { kind: 'final', record };
  const lease = leaseOf(record);
  if (lease && lease.untilMs > terms.nowMs) return { kind: 'held', untilMs: lease.untilMs };
  return { kind: 'acquired', record: started(record, terms) };
}

/**
 * Takes the lease of a record that no worker holds. A request that was under way when its worker crashed becomes
 * `ambiguous`, because it may have been billed.
 */
export function started(record: OpenRecord, { holder, nowMs, leaseMs }: LeaseTerms): RunningRecord {
  const facts = factsOf(record);
  const attempts = facts.attempts.map(
    (attempt): Attempt => (attempt.outcome === 'sending' ? { ...attempt, outcome: 'ambiguous' } : attempt),
  );
  return {
    ...facts,
    status: 'running',
    lease: { holder, untilMs: nowMs + leaseMs },
    attempts,
    takeovers: record.takeovers + (record.status === 'running' ? 1 : 0),
    timing: record.status === 'queued' ? { ...record.timing, queuedMs: nowMs - record.createdAtMs } : record.timing,
    ...carriedOn(record),
  };
}

type Carried = Pick<RunningRecord, 'bought' | 'outageSinceMs' | 'undelivered'>;

/** What the next worker takes over. */
function carriedOn({ bought, outageSinceMs, undelivered }: AnalysisFacts & Carried): Carried {
  return {
    ...(bought !== undefined && { bought }),
    ...(outageSinceMs !== undefined && { outageSinceMs }),
    ...(undelivered !== undefined && { undelivered }),
  };
}

export function withImageFacts(
  record: RunningRecord,
  image: ImageFacts,
  estimate: AnalysisFacts['estimate'],
): RunningRecord {
  return { ...record, image, estimate, taskVersion: taskOf(record.request.task).version };
}

/** Keeps the newest warning of each code, so that repeated waits do not add up. */
export function withWarning<Kept extends AnalysisFacts>(record: Kept, warning: Warning): Kept {
  return { ...record, warnings: [...record.warnings.filter(({ code }) => code !== warning.code), warning] };
}

/** Why work waits. The record holds the start of an outage. */
export type WaitCause = Exclude<Wait, { waitingFor: 'outage' }> | { readonly waitingFor: 'outage' };

/** Lets the work wait until `startsAtMs` and releases the lease. */
export function postponed(
  record: RunningRecord,
  cause: WaitCause,
  { startsAtMs, nowMs }: { readonly startsAtMs: number; readonly nowMs: number },
): WaitingRecord {
  const { bought, outageSinceMs = nowMs } = record;
  return {
    ...factsOf(record),
    status: 'waiting',
    startsAtMs,
    ...(cause.waitingFor === 'outage' ? { waitingFor: cause.waitingFor, outageSinceMs } : cause),
    ...(bought !== undefined && { bought }),
  };
}

/** Moves the start of waiting work to an earlier time. */
export function waitingForQuota(record: WaitingRecord, startsAtMs: number): WaitingRecord {
  const { status, resent, bought } = record;
  return {
    ...factsOf(record),
    ...{ status, startsAtMs, waitingFor: 'quota' },
    ...(resent && { resent }),
    ...(bought !== undefined && { bought }),
  };
}

/** Its message was lost or became a dead letter, and is sent again. */
export function withResentMessage<Kept extends OpenRecord>(record: Kept, nowMs: number, isDeadLetter = false): Kept {
  const { count = 0, deadLetters = 0 } = record.resent ?? {};
  return { ...record, resent: { count: count + 1, atMs: nowMs, deadLetters: deadLetters + (isDeadLetter ? 1 : 0) } };
}

/** Written before the request is sent, so that after a crash the record shows what it may have cost. */
export function sending(
  record: RunningRecord,
  attempt: Pick<Attempt, 'deployment' | 'region'>,
  lease: Lease,
): RunningRecord {
  const attempts: readonly Attempt[] = [...record.attempts, { ...attempt, status: null, outcome: 'sending', ms: 0 }];
  return { ...record, takeovers: 0, lease, attempts };
}

/** The outcome of the request that `sending` announced. */
export function sent(record: RunningRecord, ended: Pick<Attempt, 'outcome' | 'status' | 'ms'>): RunningRecord {
  const attempts = record.attempts.map((attempt) =>
    attempt.outcome === 'sending' ? { ...attempt, ...ended } : attempt,
  );
  return { ...record, attempts, timing: { ...record.timing, modelMs: record.timing.modelMs + ended.ms } };
}

/** The last request was answered, but the answer is unusable. */
export function lastAttemptUnusable(record: RunningRecord): RunningRecord {
  const last = record.attempts.at(-1);
  return last ? { ...record, attempts: [...record.attempts.slice(0, -1), { ...last, outcome: 'unusable' }] } : record;
}

/** Ends with a result. */
export function succeeded(record: OpenRecord, warnings: readonly Warning[], nowMs: number): SucceededRecord {
  const facts = factsAtEnd(record, nowMs);
  return { ...facts, status: 'succeeded', warnings: [...facts.warnings, ...warnings], completedAtMs: nowMs };
}

/** Ends with a reason: `rejected` where the image or the request is at fault, else `failed`. */
export function endedBy(record: OpenRecord, error: AppError, nowMs: number): RejectedRecord | FailedRecord {
  const { code, detail, category } = error;
  const end = {
    ...factsAtEnd(record, nowMs),
    error: { code, detail, ...(category !== undefined && { category }) },
    completedAtMs: nowMs,
  };
  if (error instanceof ImageRejected || code === 'invalid-request') return { ...end, status: 'rejected' };
  return { ...end, status: 'failed', ...undeliveredIn(record) };
}

/** Stopped while it waited. */
export function cancelled(record: PendingRecord, nowMs: number): CancelledRecord {
  return { ...factsAtEnd(record, nowMs), status: 'cancelled', ...undeliveredIn(record), completedAtMs: nowMs };
}

/** A retry can still write the answer of an earlier run. */
function undeliveredIn(record: OpenRecord): Pick<FailedRecord, 'undelivered'> {
  return record.status !== 'waiting' && record.undelivered !== undefined ? { undelivered: record.undelivered } : {};
}

function factsAtEnd(record: OpenRecord, nowMs: number): AnalysisFacts {
  const totalMs = nowMs - record.createdAtMs;
  const { queuedMs, modelMs } = record.timing;
  const waitedMs = Math.max(0, totalMs - queuedMs - modelMs);
  return { ...factsOf(record), timing: { queuedMs, modelMs, totalMs, waitedMs } };
}
