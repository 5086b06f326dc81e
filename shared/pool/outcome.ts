/** How one request to a deployment ended, as a value that the pool and the story branch on. */

/** What the service said about its limits; absent where it said nothing. */
export interface LimitHints {
  readonly remainingTokens?: number;
  readonly limitTokens?: number;
  readonly remainingRequests?: number;
  readonly limitRequests?: number;
}

export interface Usage {
  readonly promptTokens: number;
  /** Null where the service does not tell. */
  readonly imageTokens: number | null;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly totalTokens: number;
}

export type RefusalReason =
  /** 401 for everybody at this deployment: the identity lacks the role, or the account is gone. */
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'payment'
  /** 400, 413, 422 that is no content filter: no other deployment will take it either. */
  | 'bad-request'
  /** Nobody listens, or the name does not resolve. */
  | 'unreachable'
  /** A redirect was answered; bodies are never sent on. */
  | 'redirected'
  /** No token could be had: nothing was sent, and no other deployment would fare better. */
  | 'no-token'
  /** We stopped before anything was sent. */
  | 'aborted';

export type AmbiguousReason =
  | 'timeout'
  | 'reset'
  | 'server-error'
  | 'cut-body'
  | 'not-json'
  | 'no-usable-body'
  /** We stopped after the request was sent: nothing against the deployment. */
  | 'aborted';

export type Outcome =
  | {
      readonly kind: 'answered';
      readonly text: string;
      /** `length`: the cap cut the answer. */
      readonly finish: 'stop' | 'length';
      readonly usage: Usage | null;
      readonly hints: LimitHints;
    }
  /** 429. `waitMs` is the service's own hint, unclamped; `over`: what it said was exceeded. */
  | {
      readonly kind: 'throttled';
      readonly waitMs: number | null;
      readonly over: 'quota' | 'capacity' | 'unknown';
      readonly hints: LimitHints;
    }
  /** Certainly not billed. */
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      readonly status: number | null;
      /** The service's own sentence, shortened, without anything of ours in it. */
      readonly detail: string;
    }
  /** Maybe billed: sent, and no answer that tells. */
  | {
      readonly kind: 'ambiguous';
      readonly reason: AmbiguousReason;
      readonly status: number | null;
      readonly detail: string;
    }
  /** A content filter, on the image (not billed for an answer) or on the answer. */
  | {
      readonly kind: 'filtered';
      readonly on: 'image' | 'answer';
      readonly category: string;
      readonly usage: Usage | null;
      readonly hints: LimitHints;
    };

/** The word that a record's attempt carries; `unusable` is what the checks make of an answer. */
export type OutcomeKind = Outcome['kind'] | 'unusable';
