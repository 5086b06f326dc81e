import type { AnalysisRecord } from '../records/analysisRecord.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';

/** An HTTP request for an analysis, and how it ends. */

/** The image of a call: its bytes, where to fetch them, or the name of a blob in the images container. */
export type ImagePart =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'blob'; readonly name: string };

export interface NowCall {
  readonly image: ImagePart;
  readonly request: AnalysisRequest;
  /** How long the caller waits. */
  readonly waitMs: number;
  /** The caller wants only an address (202). */
  readonly isAsync: boolean;
  /** The same key gives the same analysis for 24 h. */
  readonly idempotencyKey?: string;
}

/** A call whose image is here, or in the images container. */
export interface ReadyCall extends NowCall {
  readonly image: Exclude<ImagePart, { kind: 'url' }>;
  /** The part of the analysis id that stands for sent bytes. */
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

export type NowEnd =
  | { readonly kind: 'done'; readonly record: AnalysisRecord; readonly result?: AnalysisResult }
  /** It continues; its record shows the progress. */
  | { readonly kind: 'accepted'; readonly record: AnalysisRecord };
