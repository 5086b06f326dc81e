import type { ErrorCode } from '../errors.ts';
import type { OutcomeKind, Usage } from '../pool/outcome.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { PartsFacts } from '../tokens/parts/partsText.ts';
import type { AnalysisSource } from './analysisSource.ts';

/** What is kept of one analysis, from its upload to its result. The answer itself lies in the result store. */

export type Status = AnalysisRecord['status'];

export type WaitingFor = Wait['waitingFor'];

export interface ImageFacts {
  readonly format: string;
  /** After orientation. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly sentWidth: number | null;
  readonly sentHeight: number | null;
  readonly sentBytes: number | null;
  /** How it was cut; then the sent size is that of each part, the bytes those of all. Absent: sent whole. */
  readonly parts?: PartsFacts;
}

export interface Attempt {
  readonly deployment: string;
  readonly region: string;
  readonly status: number | null;
  /** `sending` stands only while the request is on its way; what a crash leaves there is ambiguous. */
  readonly outcome: OutcomeKind | 'sending';
  readonly ms: number;
}

export interface Warning {
  readonly code: string;
  readonly detail: string;
}

/** A claim on the work, with an end: after it anybody may take the work up. */
export interface Lease {
  readonly holder: string;
  readonly untilMs: number;
}

/** The first answer ended at its output cap, and is asked for again with a larger one. */
interface AnswerCut {
  /** How long it was. */
  readonly tokens: number;
  /** The call that it was asked for again with; absent until it was billed. */
  readonly again?: { readonly microUsd: number | null };
}

/** How often a message that was lost has been sent again since the lease was last acquired. */
interface Resent {
  readonly count: number;
  /** When last, epoch milliseconds. */
  readonly atMs: number;
  /** How often of these because its message had become a dead letter. */
  readonly deadLetters: number;
}

/** What is known of an analysis in every state. */
export interface AnalysisFacts {
  readonly id: string;
  readonly source: AnalysisSource;
  readonly request: AnalysisRequest;
  /** Its result lies beside that of the upload's own request, under a name that holds the request's digest. */
  readonly isAside?: true;
  /** Null before the image was looked at. */
  readonly image: ImageFacts | null;
  /** Of the task's instructions, shape and checks; null before the image was looked at. */
  readonly taskVersion: number | null;
  /** By our own count before anything was sent; null before the image was looked at, and where an answer is reused. */
  readonly estimate: {
    readonly promptTokens: number;
    readonly admissionTokens: number;
    /** Image tokens that the size to send saves against the image as it is. */
    readonly savedTokens?: number;
    readonly microUsd: number | null;
  } | null;
  /** The deployment that answered last. */
  readonly deployment: { readonly name: string; readonly region: string; readonly model: string } | null;
  /** Over all calls made for this answer. */
  readonly usage: Usage | null;
  readonly costMicroUsd: number | null;
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
  /** Its first answer was cut at its cap and asked for again; absent: it was not. */
  readonly cut?: AnswerCut;
  /** How often a holder vanished in the middle of the work. */
  readonly takeovers: number;
  /** SHA-256 of the image's bytes; null before they were read. */
  readonly contentDigest: string | null;
  /** The analysis whose answer this one has, because bytes and request were the same; null: its own. */
  readonly answerOf: string | null;
  readonly createdAtMs: number;
  readonly timing: {
    readonly queuedMs: number;
    readonly waitedMs: number;
    readonly modelMs: number;
    readonly totalMs: number;
  };
}

export interface QueuedRecord extends AnalysisFacts {
  readonly status: 'queued';
  readonly resent?: Resent;
  /** The answer of an earlier run, which only is to be written (paidAnswer.ts); absent: none. */
  readonly undelivered?: string;
}

/** What an analysis waits for, and what only that wait knows. */
export type Wait =
  | { readonly waitingFor: 'quota' }
  /** `needsMicroUsd`: what its next call may cost at most. */
  | { readonly waitingFor: 'budget'; readonly needsMicroUsd: number }
  /** `outageSinceMs`: since when it has waited for the end of an outage, over all its tries. */
  | { readonly waitingFor: 'outage'; readonly outageSinceMs: number };

export type WaitingRecord = AnalysisFacts &
  Wait & {
    readonly status: 'waiting';
    /** Expected start, epoch milliseconds. */
    readonly startsAtMs: number;
    readonly resent?: Resent;
    readonly bought?: string;
  };

export interface RunningRecord extends AnalysisFacts {
  readonly status: 'running';
  readonly lease: Lease;
  readonly resent?: Resent;
  /** It waited for the end of an outage before, and this is its next try; absent: it did not. */
  readonly outageSinceMs?: number;
  /** An answer that was paid for and may yet be mended, packed (boughtAnswer.ts); absent: none. */
  readonly bought?: string;
  readonly undelivered?: string;
}

export interface SucceededRecord extends AnalysisFacts {
  readonly status: 'succeeded';
  readonly completedAtMs: number;
}

/** Why an analysis ended without a result; `category`: of a content filter. */
interface EndError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly category?: string;
}

/** The image or the request is at fault. */
export interface RejectedRecord extends AnalysisFacts {
  readonly status: 'rejected';
  readonly error: EndError;
  readonly completedAtMs: number;
}

/** What a retry of an analysis that ended without a result may find. */
interface Retriable {
  /** An answer that was paid for and could not be written to its place, packed (paidAnswer.ts); absent: none. */
  readonly undelivered?: string;
  /** A retry was asked for and its bytes are gone: the next call with its key brings them. Absent: no. */
  readonly awaitsBytes?: true;
}

export interface FailedRecord extends AnalysisFacts, Retriable {
  readonly status: 'failed';
  readonly error: EndError;
  readonly completedAtMs: number;
}

export interface CancelledRecord extends AnalysisFacts, Retriable {
  readonly status: 'cancelled';
  readonly completedAtMs: number;
}

/** One analysis: what is known of it, and what its state has and no other. */
export type AnalysisRecord = OpenRecord | FinalRecord;

/** No worker has it. */
export type PendingRecord = QueuedRecord | WaitingRecord;

export type OpenRecord = PendingRecord | RunningRecord;

/** Nothing more happens to it by itself. */
export type FinalRecord = SucceededRecord | UnsuccessfulRecord;

export type UnsuccessfulRecord = RejectedRecord | FailedRecord | CancelledRecord;

export function isPending(record: AnalysisRecord): record is PendingRecord {
  return record.status === 'queued' || record.status === 'waiting';
}

export function isOpen(record: AnalysisRecord): record is OpenRecord {
  return isPending(record) || record.status === 'running';
}

export function isFinal(record: AnalysisRecord): record is FinalRecord {
  return !isOpen(record);
}

/** When what waits is expected to start, epoch milliseconds; undefined in every other state. */
export function startOf(record: AnalysisRecord): number | undefined {
  return record.status === 'waiting' ? record.startsAtMs : undefined;
}

/** The lease of what runs; undefined in every other state. */
export function leaseOf(record: AnalysisRecord): Lease | undefined {
  return record.status === 'running' ? record.lease : undefined;
}

/** Why it ended without a result; undefined while it has not, and of what was cancelled. */
export function errorOf(record: AnalysisRecord): EndError | undefined {
  return record.status === 'rejected' || record.status === 'failed' ? record.error : undefined;
}
