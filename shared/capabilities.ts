import type { DocumentOpener } from './documents/documentOpener.ts';
import type { ImageLimits } from './image/assertAcceptable.ts';
import type { Budget } from './money/budget.ts';
import type { UsageLedger } from './money/usageLedger.ts';
import type { Deployment } from './pool/deployment.ts';
import type { Ledger } from './pool/ledger.ts';
import type { AnalysisStore } from './records/analysisStore.ts';
import type { IdempotencyKeys } from './records/idempotencyKeys.ts';
import type { RequestDefaults } from './requests/resolveRequest.ts';
import type { AnswerIndex } from './results/answerIndex.ts';
import type { ResultStore } from './results/resultStore.ts';
import type { SignalSink } from './signals/signals.ts';
import type { DueQueue } from './storage/dueQueue.ts';
import type { ImageStore } from './storage/imageStore.ts';
import type { ProgressStore } from './storage/progressStore.ts';
import type { Calibrations } from './tokens/calibrations.ts';
import type { VisionClient } from './vision/visionClient.ts';

/** Of one document. */
export interface DocumentLimits {
  /** More pages are not analysed. */
  readonly maxPages: number;
  /** So many pages may be open at once; undefined: what the quota takes in two minutes. */
  readonly openPages: number | undefined;
}

/**
 * Everything that use cases work with, each thing once. A use case takes a `Pick` of what it uses: its signature says what
 * it can read, change and call.
 */
export interface Capabilities {
  readonly deployments: readonly Deployment[];
  readonly limits: ImageLimits;
  readonly defaults: RequestDefaults;
  readonly imagesContainer: string;
  readonly resultsContainer: string;
  readonly documentLimits: DocumentLimits;
  /** How long a blob or queue function waits for its start before it puts the work into the queue. */
  readonly inlineWaitMs: number;
  /** Whether an earlier answer is reused, unless a request says otherwise. */
  readonly isReusing: boolean;

  readonly analyses: AnalysisStore;
  /** The index of answers that may be reused. */
  readonly answers: AnswerIndex;
  readonly budget: Budget;
  readonly documents: DocumentOpener;
  readonly due: DueQueue;
  readonly images: ImageStore;
  readonly keys: IdempotencyKeys;
  readonly progress: ProgressStore;
  readonly results: ResultStore;
  readonly usage: UsageLedger;

  /** Corrections of the estimates, learned from answers. */
  readonly calibrations: Calibrations;
  readonly ledger: Ledger;
  readonly vision: VisionClient;
  /** Downloads the image of a URL. */
  readonly fetchImage: (url: string) => Promise<Buffer>;

  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  /** Repeats a step until the returned function is called. */
  readonly repeat: (everyMs: number, step: () => Promise<void>) => () => void;
  /** 32 unique hexadecimal digits. */
  readonly newId: () => string;
  readonly signal: SignalSink;
}
