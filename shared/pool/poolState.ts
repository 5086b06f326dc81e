import { type FactorEvidence, unheardFactor } from './admissionFactor.ts';
import type { AnswersByKind } from './answerStats.ts';
import type { Charge } from './charge.ts';
import type { Circuit } from './circuit.ts';
import type { Deployment } from './deployment.ts';
import type { Caller } from './ledger.ts';

export interface LoweredLimit {
  readonly tokensPerMinute: number;
  readonly untilMs: number;
}

/** The limits of a process while the shared state is unavailable. Never in the shared state. */
interface LocalShare {
  readonly tokensPerMinute: number;
  /** A request larger than the share may start from then on. */
  readonly largerFromMs: number;
}

/** A deployment, and what is known and booked of it: plain values, fit for JSON. */
export interface DeploymentState {
  readonly deployment: Deployment;
  /** Sorted by bucket; nothing older than two minutes is kept. */
  readonly charges: readonly Charge[];
  readonly circuit: Circuit;
  readonly factor: FactorEvidence;
  /** The deployment is left alone until then, after a 429; 0: it is not. */
  readonly blockedUntilMs: number;
  /** 429s in a row, for the backoff. */
  readonly throttledInARow: number;
  /** The service admits less than the quota for a while. */
  readonly lowered: LoweredLimit | null;
  /** The limit that the service named last. */
  readonly limitTokens?: number;
  /** Absent: the shared state is there. */
  readonly share?: LocalShare;
  readonly throttled: number;
  readonly answered: number;
  /** The newest answers' times, at most 50. */
  readonly latenciesMs: readonly number[];
}

/** A queue position: an analysis that has asked and has not started. */
export interface Waiting {
  readonly analysisId: string;
  /** Null: any deployment of the model. */
  readonly deploymentName: string | null;
  readonly caller: Caller;
  readonly admissionTokens: number;
  readonly createdMs: number;
  /** The estimated start that was returned last. */
  readonly startMs: number;
  /** When it can start: at once while it waits, from its return once it was sent away. */
  readonly fromMs: number;
  /** After this the position lapses, unless the analysis asks again. */
  readonly keptUntilMs: number;
}

/** How many HTTP callers that were sent away have returned lately, and how many positions lapsed. */
export interface Returns {
  readonly came: number;
  readonly lapsed: number;
}

export const noReturns: Returns = { came: 0, lapsed: 0 };

/** All that is known of the deployments of one model. */
export interface PoolState {
  /** In the order of the operator's list. */
  readonly states: readonly DeploymentState[];
  /** Part of every deployment that the backlog may only borrow, 0 to below 1. */
  readonly httpShare: number;
  /** When an HTTP caller last asked; 0: never. */
  readonly lastHttpMs: number;
  /** Queue positions, in order of arrival. */
  readonly line: readonly Waiting[];
  readonly returns: Returns;
  /** Where the queue ends for work that starts too late to have a position; 0: there is none. */
  readonly lineEndMs: number;
  /** When work last had to wait for quota; 0: never. */
  readonly pressedMs: number;
  /** How long answers of each kind were, and what lowered caps have cost. */
  readonly answers: AnswersByKind;
  /** Numbers the bookings. */
  readonly sequence: number;
}

const IDLE: Omit<DeploymentState, 'deployment'> = {
  charges: [],
  circuit: { state: 'closed', failures: 0, openings: 0 },
  factor: unheardFactor,
  blockedUntilMs: 0,
  throttledInARow: 0,
  lowered: null,
  throttled: 0,
  answered: 0,
  latenciesMs: [],
};

/** A pool before anything is known or booked. `httpShare`: 0 to below 1. */
export function poolStateOf(deployments: readonly Deployment[], options: { readonly httpShare: number }): PoolState {
  return {
    states: deployments.map((deployment) => ({ deployment, ...IDLE })),
    httpShare: options.httpShare,
    lastHttpMs: 0,
    line: [],
    returns: noReturns,
    lineEndMs: 0,
    pressedMs: 0,
    answers: {},
    sequence: 0,
  };
}

/** The tokens that this process may start in a minute now: what the service admits, or its share of it. */
export function minuteTokensOf(state: DeploymentState, nowMs: number): number {
  const tokensPerMinute = serviceMinuteTokensOf(state, nowMs);
  return state.share === undefined ? tokensPerMinute : Math.min(tokensPerMinute, state.share.tokensPerMinute);
}

/** The tokens that the service admits in a minute now: the quota, or a lowered limit. */
export function serviceMinuteTokensOf({ deployment, lowered }: DeploymentState, nowMs: number): number {
  return lowered !== null && nowMs < lowered.untilMs
    ? Math.min(deployment.tokensPerMinute, lowered.tokensPerMinute)
    : deployment.tokensPerMinute;
}

export function stateOf(pool: PoolState, name: string): DeploymentState | undefined {
  return pool.states.find(({ deployment }) => deployment.name === name);
}

/** The pool with one deployment's state replaced. */
export function withState(pool: PoolState, state: DeploymentState): PoolState {
  const index = pool.states.findIndex(({ deployment }) => deployment.name === state.deployment.name);
  return index === -1 ? pool : { ...pool, states: pool.states.with(index, state) };
}
