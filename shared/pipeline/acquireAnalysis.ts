import type { Capabilities } from '../capabilities.ts';
import { AnswerFailed, type AppError, GivenUp } from '../errors.ts';
import { MOST_ASKS, mayHaveReachedModel } from '../pool/nextStep.ts';
import type { AnalysisRecord, FinalRecord, RunningRecord } from '../records/analysisRecord.ts';
import { acquireLease } from '../records/analysisSteps.ts';
import { cancelLeaseEnd, LEASE_MS, type LeaseEndMessage, scheduleLeaseEnd } from '../records/lease.ts';
import { signalEnd } from '../records/signalEnd.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { MOST_TAKEOVERS } from '../records/takeovers.ts';
import { adoptResult } from '../results/adoptResult.ts';
import { deliver, type End, endOrDeliver } from '../results/endOrDeliver.ts';
import { undeliveredOf } from '../results/paidAnswer.ts';
import { indexAnswer } from '../results/writeAnswer.ts';
import { StorageRefused } from '../storage/storageRefused.ts';

/** A record that this worker holds the lease of, and the message that appears when the lease ends. */
export interface Acquired {
  readonly stored: StoredAnalysis<RunningRecord>;
  readonly leaseEnd: LeaseEndMessage;
}

type AcquireEnd = ({ readonly kind: 'mine' } & Acquired) | NotMine;

/** What taking up a record that is there already uses. */
export type AcquireNeeds = Pick<
  Capabilities,
  'analyses' | 'answers' | 'due' | 'images' | 'newId' | 'now' | 'results' | 'signal'
>;

type NotMine =
  /** It had ended before, or has ended now: from a stored result, or because it was tried too often. */
  | { readonly kind: 'ended'; readonly record: FinalRecord }
  /** Another worker holds the lease. */
  | { readonly kind: 'held' };

/**
 * Takes the lease of an existing record. If a crashed worker has stored a result, the record is completed from it
 * without another model call.
 */
export async function acquireAnalysis(stored: StoredAnalysis, parts: AcquireNeeds): Promise<AcquireEnd> {
  const nowMs = parts.now();
  const lease = acquireLease(stored.record, { holder: parts.newId(), nowMs, leaseMs: LEASE_MS });
  if (lease.kind === 'held') return { kind: 'held' };
  if (lease.kind === 'final') return { kind: 'ended', record: lease.record };
  const leaseEnd = scheduleLeaseEnd(stored.record.id, nowMs + LEASE_MS, parts);
  const taken = await takeUp(stored, lease.record, parts);
  if (taken.kind === 'mine') return { ...taken, leaseEnd };
  cancelLeaseEnd(leaseEnd, parts);
  return taken;
}

async function takeUp(
  stored: StoredAnalysis,
  leased: RunningRecord,
  parts: Pick<Capabilities, 'analyses' | 'answers' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<{ readonly kind: 'mine'; readonly stored: StoredAnalysis<RunningRecord> } | NotMine> {
  const written = await parts.analyses.replace(stored, leased);
  if (written.kind === 'changed') return { kind: 'held' };
  tellUnderWay(stored.record, parts);
  return (await endIfOver(written.stored, parts)) ?? { kind: 'mine', stored: written.stored };
}

/** A request that was under way when its worker crashed may have been billed. */
function tellUnderWay({ id, attempts }: AnalysisRecord, parts: Pick<Capabilities, 'signal'>): void {
  for (const { deployment, outcome } of attempts) {
    if (outcome !== 'sending') continue;
    const detail = 'The worker that sent the request crashed before the answer was stored.';
    parts.signal({ event: 'pool.ambiguous', facts: { deployment, analysisId: id, detail } });
  }
}

async function endIfOver(
  mine: StoredAnalysis<RunningRecord>,
  parts: Pick<Capabilities, 'analyses' | 'answers' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<NotMine | undefined> {
  const { record } = mine;
  const paid = undeliveredOf(record);
  const end =
    (await (paid ? deliver(record, paid, parts) : keptBy(record, parts))) ?? (await endTooOften(record, parts));
  if (!end) return undefined;
  const written = await parts.analyses.replace(mine, end.record);
  if (written.kind === 'changed') return { kind: 'held' };
  await indexAnswer(end.record, parts);
  signalEnd(end.record, parts);
  return { kind: 'ended', record: end.record };
}

async function keptBy(
  record: RunningRecord,
  parts: Pick<Capabilities, 'images' | 'results'>,
): Promise<End | undefined> {
  if (record.attempts.length === 0 && record.takeovers === 0) return undefined;
  try {
    return await adoptResult(record, parts);
  } catch (error) {
    // The following work meets the same refusal before any model call, and ends or waits there.
    if (error instanceof StorageRefused) return undefined;
    throw error;
  }
}

async function endTooOften(
  record: RunningRecord,
  parts: Pick<Capabilities, 'images' | 'now' | 'results'>,
): Promise<End | undefined> {
  const error = tooOften(record);
  return error && (await endOrDeliver(record, error, parts));
}

function tooOften(record: RunningRecord): AppError | undefined {
  const asks = record.attempts.filter(mayHaveReachedModel).length;
  if (asks >= MOST_ASKS) {
    const detail = `${asks} requests ended without a usable answer; the limit is ${MOST_ASKS}.`;
    return new AnswerFailed('service-refused', detail);
  }
  if (record.takeovers < MOST_TAKEOVERS) return undefined;
  const detail =
    `${record.takeovers} workers crashed while processing this image; the limit is ${MOST_TAKEOVERS}. ` +
    'It probably crashes the decoder. Read the logs of those processes, and retry the analysis after you fixed the cause.';
  return new GivenUp('internal', detail);
}
