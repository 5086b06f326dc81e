import type { ErrorCode } from '../errors.ts';
import type { OutcomeKind, Usage } from '../pool/outcome.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { PartsFacts } from '../tokens/partsText.ts';
import type { AnalysisSource } from './analysisSource.ts';

/** What is kept of one analysis, from its upload to its result. The answer itself lies in the result store. */

export type Status = 'queued' | 'waiting' | 'running' | 'succeeded' | 'rejected' | 'failed' | 'cancelled';

export type WaitingFor = 'quota' | 'budget' | 'outage';

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
export interface AnswerCut {
  /** How long it was. */
  readonly tokens: number;
  /** The call that it was asked for again with; absent until it was billed. */
  readonly again?: { readonly microUsd: number | null };
}

export interface AnalysisRecord {
  readonly id: string;
  readonly status: Status;
  readonly source: AnalysisSource;
  readonly request: AnalysisRequest;
  /** Its result lies beside that of the upload's own request, under a name that holds the request's digest. */
  readonly isAside?: true;
  readonly image: ImageFacts | null;
  /** Of the task's instructions, shape and checks; null before the image was looked at. */
  readonly taskVersion: number | null;
  /** By our own count before anything was sent; null before the image was looked at. */
  readonly estimate: {
    readonly promptTokens: number;
    readonly admissionTokens: number;
    /** Image tokens that the size to send saves against the image as it is. */
    readonly savedTokens?: number;
    readonly microUsd: number | null;
  } | null;
  readonly deployment: { readonly name: string; readonly region: string; readonly model: string } | null;
  /** Over all calls made for this answer. */
  readonly usage: Usage | null;
  readonly costMicroUsd: number | null;
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
  /** Its first answer was cut at its cap and asked for again; absent: it was not. */
  readonly cut?: AnswerCut;
  /** `category`: of a content filter. */
  readonly error: { readonly code: ErrorCode; readonly detail: string; readonly category?: string } | null;
  readonly waitingFor: WaitingFor | null;
  /** Expected start of what waits, epoch milliseconds. */
  readonly startsAtMs: number | null;
  /** What its next call may cost at most, where it was put off for the budget; older records have none. */
  readonly needsMicroUsd?: number | null;
  readonly lease: Lease | null;
  /** Since when it has waited for the end of an outage, over all its tries; null while it does not. */
  readonly outageSinceMs: number | null;
  /** How often a holder vanished in the middle of the work. */
  readonly takeovers: number;
  /** How often a lost message was sent again, and when last; null: never since it was claimed. */
  readonly recalled: {
    readonly count: number;
    readonly atMs: number;
    /** How often because its message was given up; absent: never. */
    readonly deadLetters?: number;
  } | null;
  /** SHA-256 of the image's bytes; null before they were read. */
  readonly contentDigest: string | null;
  /** The analysis whose answer this one has, because bytes and request were the same; null: its own. */
  readonly answerOf: string | null;
  /** An answer that was paid for and could not be written to its place, packed (undelivered.ts); absent: none. */
  readonly undelivered?: string;
  /** An answer that was paid for and may yet be mended, packed (boughtAnswer.ts); absent: none. */
  readonly bought?: string;
  /** A retry was asked for and its bytes are gone: the next call with its key brings them. Absent: no. */
  readonly awaitsBytes?: true;
  readonly createdAtMs: number;
  readonly completedAtMs: number | null;
  readonly timing: {
    readonly queuedMs: number;
    readonly waitedMs: number;
    readonly modelMs: number;
    readonly totalMs: number;
  };
}

/** Nothing more happens to it by itself. */
export function isFinal(status: Status): boolean {
  return status === 'succeeded' || status === 'rejected' || status === 'failed' || status === 'cancelled';
}
