import type { ImageLimits } from '../image/assertAcceptable.ts';
import type { ImageBytes } from '../image/lookAtImage.ts';
import type { Budget } from '../money/budget.ts';
import type { UsageLedger } from '../money/usageLedger.ts';
import type { Deployment } from '../pool/deployment.ts';
import type { Caller, Ledger } from '../pool/ledger.ts';
import type { RunningRecord } from '../records/analysisRecord.ts';
import type { AnalysisStore } from '../records/analysisStore.ts';
import type { LeaseEndMessage } from '../records/lease.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import type { AnswerIndex } from '../results/answerIndex.ts';
import type { ResultStore } from '../results/resultStore.ts';
import type { SignalSink } from '../signals/signals.ts';
import type { DueQueue } from '../storage/dueQueue.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import type { Calibrations } from '../tokens/calibrations.ts';
import type { VisionClient } from '../vision/visionClient.ts';

/** What the pipeline of one image works with. */
export interface PipelineParts {
  readonly deployments: readonly Deployment[];
  readonly limits: ImageLimits;
  readonly analyses: AnalysisStore;
  readonly results: ResultStore;
  readonly images: ImageStore;
  readonly usage: UsageLedger;
  /** Of answers that may be given again. */
  readonly answers: AnswerIndex;
  /** Whether an answer that was given before will do, unless a request says otherwise. */
  readonly isReusing: boolean;
  readonly budget: Budget;
  readonly due: DueQueue;
  readonly ledger: Ledger;
  /** What answers have taught about the estimates. */
  readonly calibrations: Calibrations;
  readonly vision: VisionClient;
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  /** Takes a step over and over until it is told to stop. */
  readonly repeat: (everyMs: number, step: () => Promise<void>) => () => void;
  /** 32 hexadecimal digits that nobody else has. */
  readonly newId: () => string;
  readonly signal: SignalSink;
}

/** One analysis to be worked on. */
export interface Work {
  /** Ours by its lease: as it is stored; or new, and not kept before something is sent. */
  readonly start: StoredAnalysis<RunningRecord> | RunningRecord;
  /** The message that was sent with the claim. */
  readonly leaseEnd?: LeaseEndMessage;
  readonly image: ImageBytes;
  readonly caller: Caller;
  /** Starts later than this (epoch milliseconds) are not waited for. */
  readonly startBeforeMs: number;
  /** When an earlier try was told to come again. */
  readonly placeInLineMs?: number;
  /** A caller who is told to come back, and will be the same analysis then: its place in line is kept. */
  readonly keepsPlace?: boolean;
  /** Called whenever a request leaves. */
  readonly onSending?: () => void;
}
