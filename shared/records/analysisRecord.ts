import type { ErrorCode } from '../errors.ts';
import type { DocumentFormat } from '../image/imageHeader.ts';
import type { OutcomeKind, Usage } from '../pool/outcome.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { PartsFacts } from '../tokens/parts/partsText.ts';
import type { AnalysisSource } from './analysisSource.ts';

/** What is kept of one analysis, from its upload to its result. The answer itself lies in the result store. */

export type Status = AnalysisRecord['status'];

/** All of them, for schemas. */
export const STATUSES = [
  'queued',
  'waiting',
  'running',
  'succeeded',
  'rejected',
  'failed',
  'cancelled',
] as const satisfies readonly Status[];

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
  /** How it was cut: the sent size is that of one part, the bytes those of all. Absent: sent whole. */
  readonly parts?: PartsFacts;
}

export interface Attempt {
  readonly deployment: string;
  readonly region: string;
  readonly status: number | null;
  /** `sending` only while the request is under way. After a crash it becomes `ambiguous`. */
  readonly outcome: OutcomeKind | 'sending';
  readonly ms: number;
}

export interface Warning {
  readonly code: string;
  readonly detail: string;
}

/** The exclusive right to work on a record, with an end. After it any worker may take the record. */
export interface Lease {
  readonly holder: string;
  readonly untilMs: number;
}

/** The first answer was cut at its output cap and is requested again with a larger one. */
interface AnswerCut {
  /** How long it was. */
  readonly tokens: number;
  /** The second model call; absent until it was billed. */
  readonly again?: { readonly microUsd: number | null };
}

/** How often a message that was lost has been sent again since the lease was last acquired. */
interface Resent {
  readonly count: number;
  /** When last, epoch milliseconds. */
  readonly atMs: number;
  /** How many of these because its message had become a dead letter. */
  readonly deadLetters: number;
}

/** A document whose pages are analysed, as they were last counted. */
export interface DocumentFacts {
  readonly format: DocumentFormat;
  /** How many pages the file has. */
  readonly total: number;
  /** How many of them are asked for. */
  readonly pages: number;
  readonly succeeded: number;
  /** Pages that ended without an answer. */
  readonly failed: number;
  /** How many may be open at once, so that other files have their turn. */
  readonly openAtOnce: number;
}

/** Fields of every state. */
export interface AnalysisFacts {
  readonly id: string;
  readonly source: AnalysisSource;
  readonly request: AnalysisRequest;
  /** Its result name holds the request's digest, because it is not the upload's own request. */
  readonly isAside?: true;
  /** Null before the image was inspected. */
  readonly image: ImageFacts | null;
  /** Of a document: its pages, each an analysis of its own. */
  readonly document?: DocumentFacts;
  /** Version of the task's instructions, shape and checks; null before the image was inspected. */
  readonly taskVersion: number | null;
  /** Our own count before anything was sent; null before the image was inspected, and for a reused answer. */
  readonly estimate: {
    readonly promptTokens: number;
    readonly admissionTokens: number;
    /** Image tokens that the size to send saves against the image as it is. */
    readonly savedTokens?: number;
    readonly microUsd: number | null;
  } | null;
  /** The deployment that answered last. */
  readonly deployment: { readonly name: string; readonly region: string; readonly model: string } | null;
  /** Sum of all model calls for this answer. */
  readonly usage: Usage | null;
  readonly costMicroUsd: number | null;
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
  /** Present if the first answer was cut at its cap and requested again. */
  readonly cut?: AnswerCut;
  /** How often a worker crashed while it held the lease. */
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
  /** The answer of an earlier run that still has to be written (paidAnswer.ts); absent: none. */
  readonly undelivered?: string;
}

/** What an analysis waits for, with the data of that wait. */
export type Wait =
  | { readonly waitingFor: 'quota' }
  /** `needsMicroUsd`: what its next call may cost at most. */
  | { readonly waitingFor: 'budget'; readonly needsMicroUsd: number }
  /** `outageSinceMs`: start of the outage that it waits for, over all its tries. */
  | { readonly waitingFor: 'outage'; readonly outageSinceMs: number }
  /** A document, for its pages; `startsAtMs` is when they are looked after again. */
  | { readonly waitingFor: 'pages' };

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
  /** Present if this try follows a wait for the end of an outage. */
  readonly outageSinceMs?: number;
  /** A paid answer that may still be repaired, packed (boughtAnswer.ts); absent: none. */
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

/** What a retry of an analysis without a result may use. */
interface Retriable {
  /** A paid answer that could not be written, packed (paidAnswer.ts); absent: none. */
  readonly undelivered?: string;
  /** True if a retry needs the bytes of the next call with its key, because they are no longer stored. */
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

/** One analysis: the fields of every state, and those of its own state. */
export type AnalysisRecord = OpenRecord | FinalRecord;

/** No worker holds its lease. */
export type PendingRecord = QueuedRecord | WaitingRecord;

export type OpenRecord = PendingRecord | RunningRecord;

/** It has ended. */
export type FinalRecord = SucceededRecord | UnsuccessfulRecord;

export type UnsuccessfulRecord = RejectedRecord | FailedRecord | CancelledRecord;

export function isPending(record: AnalysisRecord): record is PendingRecord {
  return record.status === 'queued' || record.status === 'waiting';
}

/** A document whose pages are under way: callers see it as running. */
export function awaitsPages(record: AnalysisRecord): boolean {
  return record.status === 'waiting' && record.waitingFor === 'pages';
}

export function isOpen(record: AnalysisRecord): record is OpenRecord {
  return isPending(record) || record.status === 'running';
}

export function isFinal(record: AnalysisRecord): record is FinalRecord {
  return !isOpen(record);
}

/** Estimated start of waiting work, epoch milliseconds; undefined in every other state. */
export function startOf(record: AnalysisRecord): number | undefined {
  return record.status === 'waiting' ? record.startsAtMs : undefined;
}

/** The lease of running work; undefined in every other state. */
export function leaseOf(record: AnalysisRecord): Lease | undefined {
  return record.status === 'running' ? record.lease : undefined;
}

/** Why it ended without a result; undefined for open, succeeded and cancelled analyses. */
export function errorOf(record: AnalysisRecord): EndError | undefined {
  return record.status === 'rejected' || record.status === 'failed' ? record.error : undefined;
}
