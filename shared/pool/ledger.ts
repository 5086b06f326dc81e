import type { Deployment } from './deployment.ts';
import type { ImageLook } from './imageLook.ts';
import type { Outcome, Suspect } from './outcome.ts';

/** HTTP callers wait for their answer; the backlog (dropped files, queued work) can be postponed. */
export type Caller = 'http' | 'backlog';

/** The answer that a request asks for: the lengths of answers show how low the caps of the next ones may be. */
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
  /** It is not a usable answer, such as a refusal in words, so its length is not learned. Absent: it is. */
  readonly isNoLesson?: true;
};

export interface Need {
  readonly analysisId: string;
  /** By the documented rule, before any learned factor. */
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
  /** Those of them that the next deployment's outcome convicts or clears. */
  readonly suspects?: readonly Suspect[];
  /** When the analysis was created (epoch milliseconds): work starts in this order. */
  readonly createdMs: number;
  /** How long the caller waits where it is (epoch milliseconds); for a later start it goes away and returns. */
  readonly latestStartMs: number;
  /** The `expectedStartMs` of an earlier `later`: new work does not pass it. */
  readonly placeInLineMs?: number;
  /** An HTTP caller that will be known by its `analysisId` when it returns: its queue position is kept. */
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
  /** Deployments that refused the same request, and are at fault if this one accepts it. */
  readonly suspects?: readonly Suspect[];
}

export type Placement =
  /** It starts now: send the request at once. */
  | { readonly kind: 'booked'; readonly booking: Booking }
  /** It is expected to start before `latestStartMs`: it keeps its queue position, and asks again at `askAgainMs`. */
  | { readonly kind: 'wait'; readonly expectedStartMs: number; readonly askAgainMs: number }
  /** It is expected to start later: it returns at `expectedStartMs`, and keeps its position until some time after. */
  | { readonly kind: 'later'; readonly expectedStartMs: number }
  /** The circuits of all deployments that could serve it are open until then. `reasons`: a sentence of each. */
  | { readonly kind: 'outage'; readonly untilMs: number; readonly reasons: readonly string[] }
  /** By the documented rule it is larger than any deployment's whole minute; 0: no deployment has the model or name. */
  | { readonly kind: 'never'; readonly largestMinuteTokens: number };

/** What an operator should know; the owner of the ledger logs it. */
export type PoolSignal =
  | {
      readonly kind: 'throttled' | 'circuit-opened' | 'ambiguous';
      readonly deployment: string;
      readonly detail: string;
    }
  /** A deployment refuses what others of its model accept: an operator must change its settings. Once per opening. */
  | {
      readonly kind: 'misconfigured';
      readonly deployment: string;
      readonly detail: string;
      readonly status: number | null;
      readonly code: string | null;
    }
  /** The shared state is unavailable: this process goes on with its local share, or (`unreadable`) all begin anew. */
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
  /** Booked in the minute that ends now, and ahead. */
  readonly bookedTokens: number;
  /** When a request of average size could start; epoch milliseconds. */
  readonly freeFromMs: number;
  readonly circuit: CircuitView;
  readonly admissionFactor: number;
  readonly throttled: number;
  readonly answered: number;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  /** The shared state is unavailable: this process goes on with this part of the quota, and shows what it knows. */
  readonly localShare?: number;
}

/** Books starts on the pool's deployments. One contract suite runs against it in memory (one process) and in a table (many). */
export interface Ledger {
  /**
   * Asks for a start. Asking again with the same `analysisId` keeps the same queue position. The deployment is decided at the
   * start, and so is the output cap: `booking.answer` has the one to send.
   */
  book(need: Need): Promise<Placement>;
  /** The request was sent and ended so. `tookMs`: from sending to the end. */
  settle(booking: Booking, outcome: Outcome, tookMs: number): Promise<void>;
  /** The request was never sent: its room is free again. */
  release(booking: Booking): Promise<void>;
  /** The analysis waits no longer: its queue position is free. */
  leave(model: string, analysisId: string): Promise<void>;
  /** All work that waits for this model can start by then (epoch milliseconds): new work gets no later estimate. */
  shortenLine(model: string, endMs: number): Promise<void>;
  view(): Promise<readonly DeploymentView[]>;
}
