import type { Deployment } from './deployment.ts';
import type { ImageLook } from './imageLook.ts';
import type { Outcome, Suspect } from './outcome.ts';

/** Who asks: HTTP callers wait, the backlog (dropped files, queued work) can be put off. */
export type Caller = 'http' | 'backlog';

/** The answer that a request asks for: answers teach how long the next ones will be, and so how low their cap may be. */
export interface AnswerNeed {
  /** Answers of one kind are of one request: task, model, question and so on. */
  readonly kind: string;
  readonly look: ImageLook;
  /** The output cap that the admission tokens were counted with. */
  readonly capTokens: number;
  /** Whether a lower cap may be sent; false where an answer is asked for again. */
  readonly canLower: boolean;
  /** What a token of the answer costs, in tokens of the prompt. */
  readonly outputWeight: number;
}

/** `capTokens` is the cap to send. */
export type BookedAnswer = Omit<AnswerNeed, 'canLower'> & {
  readonly isLowered: boolean;
  /** What came is no answer, such as a refusal in words: its length says nothing of others. Absent: it teaches. */
  readonly isNoLesson?: true;
};

export interface Need {
  readonly analysisId: string;
  /** By the documented rule, before any factor that a deployment has taught us. */
  readonly admissionTokens: number;
  /** `name@version`; a request never changes models by itself. */
  readonly model: string;
  readonly caller: Caller;
  /** Only this deployment, when the request named one. */
  readonly deploymentName?: string;
  /** Deployments that this analysis has just been refused by. */
  readonly exclude: readonly string[];
  /** Takes it if it has room at once. */
  readonly prefer?: string;
  /** Those of them that the next deployment's word convicts or clears. */
  readonly suspects?: readonly Suspect[];
  /** When the analysis came to be (epoch milliseconds): who came first is served first. */
  readonly createdMs: number;
  /** How long the caller waits where it is (epoch milliseconds); whoever starts later goes away and comes back. */
  readonly latestStartMs: number;
  /** The `expectedStartMs` of an earlier `later`: it has stood in line, and those who come new do not pass it. */
  readonly placeInLineMs?: number;
  /** An HTTP caller who is told to come back, and will be known by its `analysisId` then: its place is kept. */
  readonly keepsPlace?: boolean;
  /** Absent: its cap stays as it is, and its answer teaches nothing. */
  readonly answer?: AnswerNeed;
}

/** A start on a deployment for a number of admission tokens, taken now. */
export interface Booking {
  readonly id: string;
  readonly analysisId: string;
  readonly deployment: Deployment;
  /** Epoch milliseconds. */
  readonly startMs: number;
  /** What was reserved: the need times the deployment's learned factor. */
  readonly bookedTokens: number;
  /** Of the need, less what a lowered cap saves. */
  readonly admissionTokens: number;
  readonly answer?: BookedAnswer;
  /** Who refused the same request, and is at fault if this deployment takes it. */
  readonly suspects?: readonly Suspect[];
}

export type Placement =
  /** It starts now: the request is to leave at once. */
  | { readonly kind: 'booked'; readonly booking: Booking }
  /** Its turn is expected before `latestStartMs`: it keeps its place, and asks again at `askAgainMs`. */
  | { readonly kind: 'wait'; readonly expectedStartMs: number; readonly askAgainMs: number }
  /** Its turn is expected later than it waits for: it comes back at `expectedStartMs`, and has its place until some time after. */
  | { readonly kind: 'later'; readonly expectedStartMs: number }
  /** Every deployment that could serve it is out (circuit open) until then. `reasons`: a sentence of each. */
  | { readonly kind: 'outage'; readonly untilMs: number; readonly reasons: readonly string[] }
  /** By the documented rule it is more than any deployment's whole minute; 0: no deployment has the model or name. */
  | { readonly kind: 'never'; readonly largestMinuteTokens: number };

/** What an operator should hear of; the ledger's owner logs it. */
export type PoolSignal =
  | {
      readonly kind: 'throttled' | 'circuit-opened' | 'ambiguous';
      readonly deployment: string;
      readonly detail: string;
    }
  /** A deployment refuses what others of its model take: an operator must change its settings. Once per opening. */
  | {
      readonly kind: 'misconfigured';
      readonly deployment: string;
      readonly detail: string;
      readonly status: number | null;
      readonly code: string | null;
    }
  /** The shared state is lost: this instance goes on with its local share, or (`unreadable`) all begin anew. */
  | {
      readonly kind: 'ledger-lost';
      readonly reason: 'unavailable' | 'too-large' | 'unreadable';
      readonly detail: string;
      readonly status: number | null;
      readonly code: string | null;
    }
  | { readonly kind: 'ledger-back'; readonly detail: string; readonly lostMs: number };

export type CircuitView =
  /** `failures`: unanswered requests in a row. */
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number; readonly reason: string }
  | { readonly state: 'probing'; readonly reason: string };

export interface DeploymentView {
  readonly deployment: Deployment;
  /** Booked in the minute that ends now and in what lies ahead. */
  readonly bookedTokens: number;
  /** When a request of average size could start; epoch milliseconds. */
  readonly freeFromMs: number;
  readonly circuit: CircuitView;
  readonly admissionFactor: number;
  readonly throttled: number;
  readonly answered: number;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  /** The shared state cannot be had: this instance goes on with this part of the quota, and shows what it knows itself. */
  readonly localShare?: number;
}

/** Holds the pool's state. Implementations: memory (one process), shared (many, in a table); one contract suite runs against each. */
export interface Ledger {
  /**
   * Asks for a start. Whoever waits asks again with the same `analysisId`: that is the same place in line, and its
   * start is decided when it comes, with all that is known then. So is its output cap: `booking.answer` has the one to send.
   */
  book(need: Need): Promise<Placement>;
  /** The request was sent and ended so. `tookMs`: from sending to the end. */
  settle(booking: Booking, outcome: Outcome, tookMs: number): Promise<void>;
  /** The request was never sent: its place is free again. */
  release(booking: Booking): Promise<void>;
  /** The analysis waits no longer: its queue position is free. */
  leave(model: string, analysisId: string): Promise<void>;
  /** All that waits for this model can have started by then (epoch milliseconds): newcomers are told no later time. */
  shortenLine(model: string, endMs: number): Promise<void>;
  view(): Promise<readonly DeploymentView[]>;
}
