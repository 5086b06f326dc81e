import type { Deployment } from './deployment.ts';
import type { Outcome } from './outcome.ts';

/** Who asks: HTTP callers wait, the backlog (dropped files, queued work) can be put off. */
export type Caller = 'http' | 'backlog';

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
  /** A later start than this (epoch milliseconds) is of no use: nothing is booked then. */
  readonly latestStartMs: number;
  /** The `expectedStartMs` of an earlier `later`: it has stood in line, and those who come new do not pass it. */
  readonly placeInLineMs?: number;
}

/** A reserved start on a deployment for a number of admission tokens. */
export interface Booking {
  readonly id: string;
  readonly analysisId: string;
  readonly deployment: Deployment;
  /** Epoch milliseconds. */
  readonly startMs: number;
  /** What was reserved: the need times the deployment's learned factor. */
  readonly bookedTokens: number;
  readonly admissionTokens: number;
}

export type Placement =
  | { readonly kind: 'booked'; readonly booking: Booking }
  /** No start before `latestStartMs` or within the horizon; `expectedStartMs` is when one is likely. */
  | { readonly kind: 'later'; readonly expectedStartMs: number }
  /** Every deployment that could serve it is out (circuit open) until then. `reasons`: a sentence of each. */
  | { readonly kind: 'outage'; readonly untilMs: number; readonly reasons: readonly string[] }
  /** By the documented rule it is more than any deployment's whole minute; 0: no deployment has the model or name. */
  | { readonly kind: 'never'; readonly largestMinuteTokens: number };

/** What an operator should hear of; the ledger's owner logs it. */
export interface PoolSignal {
  readonly kind: 'throttled' | 'circuit-opened' | 'ambiguous';
  readonly deployment: string;
  readonly detail: string;
}

export type CircuitView =
  | { readonly state: 'closed' }
  | { readonly state: 'open'; readonly untilMs: number; readonly reason: string }
  | { readonly state: 'probing' };

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
}

/** Holds the pool's state. Implementations: memory (one process); one contract suite runs against each. */
export interface Ledger {
  book(need: Need): Promise<Placement>;
  /** The request was sent and ended so. `tookMs`: from sending to the end. */
  settle(booking: Booking, outcome: Outcome, tookMs: number): Promise<void>;
  /** The request was never sent: its place is free again. */
  release(booking: Booking): Promise<void>;
  view(): Promise<readonly DeploymentView[]>;
}
