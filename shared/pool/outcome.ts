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
  /** 401 for every request: the identity lacks the role, or the account is gone. */
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  /** 402, or a usage limit: waiting a minute does not help. */
  | 'payment'
  /** API version, model behind the name, parameter, operation: this deployment is set up for other requests. */
  | 'misconfigured'
  /** The service cannot read the image. */
  | 'bad-image'
  /** Too long, or a wrong schema: no other deployment of the model would accept it. */
  | 'bad-request'
  /** A 4xx without any of these. Another deployment shows what is at fault. */
  | 'unclear'
  /** The connection is refused, or the name does not resolve. */
  | 'unreachable'
  /** A redirect was answered; bodies are never sent on. */
  | 'redirected'
  /** There was no token: nothing was sent, and no other deployment would do better. */
  | 'no-token'
  /** We stopped before anything was sent. */
  | 'aborted';

/** What the service says is wrong with an image; `unread`: its own reader failed. */
export type ImageFault = 'undecodable' | 'unsupported' | 'too-large' | 'unread';

export type AmbiguousReason =
  | 'timeout'
  | 'reset'
  | 'server-error'
  | 'cut-body'
  | 'not-json'
  /** A success without an answer in it: billed where it has a usage. */
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
      /** What the model wrote in the place for refusals; absent where it wrote nothing there. */
      readonly refusal?: string;
      /** The content filter was down: the answer passed unfiltered. */
      readonly isUnfiltered?: true;
    }
  /** 429. `waitMs` is the service's own hint, unclamped; `over`: what it said was exceeded. */
  | {
      readonly kind: 'throttled';
      readonly waitMs: number | null;
      readonly over: 'quota' | 'capacity' | 'unknown';
      readonly hints: LimitHints;
      readonly usage?: Usage;
    }
  /** Certainly not worked on; billed only where a `usage` says so. */
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      readonly status: number | null;
      /** The service's own sentence, shortened, without anything of ours in it. */
      readonly detail: string;
      /** The service's own word for it: `OperationNotSupported`. Absent where it gave none. */
      readonly code?: string;
      /** With `bad-image`. */
      readonly imageFault?: ImageFault;
      readonly usage?: Usage;
    }
  /** Maybe billed: sent, without a usable answer. */
  | {
      readonly kind: 'ambiguous';
      readonly reason: AmbiguousReason;
      readonly status: number | null;
      readonly detail: string;
      /** The model answered without readable text: asking again would buy the same. */
      readonly isAnswer?: true;
      readonly usage?: Usage;
    }
  /** A content filter, on the image (not billed for an answer) or on the answer. */
  | {
      readonly kind: 'filtered';
      readonly on: 'image' | 'answer';
      readonly category: string;
      /** The same request has been seen to pass when it was sent again. */
      readonly mayPass?: true;
      readonly usage: Usage | null;
      readonly hints: LimitHints;
    };

/** A request that a deployment refused as a whole. */
export type Refused = Extract<Outcome, { kind: 'refused' }>;

const JUDGED: ReadonlySet<RefusalReason> = new Set(['bad-image', 'bad-request', 'unclear']);

/** Whether another deployment must show what is at fault. */
export function isJudged({ reason }: Refused): boolean {
  return JUDGED.has(reason);
}

/** Too many bytes: the status is enough, whatever the body says. */
const TOO_LARGE = 413;

/** Whether a refusal names what is wrong with the image or the request. */
export function isTelling({ reason, status }: Refused): boolean {
  return reason !== 'unclear' || status === TOO_LARGE;
}

/** A deployment that refused a request. If another one answers it, this one is at fault. */
export interface Suspect {
  readonly deployment: string;
  readonly refusal: Refused;
}

/** The word that a record's attempt carries; `unusable` is what the checks make of an answer. */
export type OutcomeKind = Outcome['kind'] | 'unusable';

/** What the service says that a request was billed, however it ended; null where it says nothing. */
export function usageIn(outcome: Outcome): Usage | null {
  return outcome.usage ?? null;
}

/** How a booked request ended. `tookMs`: from sending to the end. */
export interface Ending {
  readonly outcome: Outcome;
  readonly tookMs: number;
  readonly nowMs: number;
}
