import type { CircuitView } from './ledger.ts';
import { isTelling, type Outcome, type Refused } from './outcome.ts';
import { refusalText } from './refusals.ts';

/** The circuit breaker of a deployment. When its open time is over, one probe at a time is sent. */
export type Circuit =
  /**
   * `failures`: unanswered requests in a row. `openings`: how often it opened since it last answered. `suspectedUntilMs`:
   * it refused a request that another deployment is judging, and gets no other while there is one that can take it.
   */
  | {
      readonly state: 'closed';
      readonly failures: number;
      readonly openings: number;
      readonly suspectedUntilMs?: number;
    }
  | { readonly state: 'open'; readonly untilMs: number; readonly reason: string; readonly openings: number }
  | {
      readonly state: 'probing';
      readonly bookingId: string;
      /** After this a probe that never ended (its process died) is ignored. */
      readonly untilMs: number;
      readonly reason: string;
      readonly openings: number;
    };

/** Requests in a row that a service may leave unanswered before its circuit opens. */
const FAILURES_TO_OPEN = 3;
/** Open times double from the first figure up to the second. */
const REFUSED_OPEN_MS = { first: 60_000, most: 30 * 60_000 };
const FAILING_OPEN_MS = { first: 10_000, most: 5 * 60_000 };
/** Longer than any request is waited for. */
const PROBE_MS = 5 * 60_000;

/** About as long as another deployment takes to answer the same request. */
const SUSPECTED_MS = 30_000;

/** Refusals of the deployment's own: the next request would be refused as well. */
const REFUSALS_THAT_OPEN: ReadonlySet<Refused['reason']> = new Set([
  'unauthorized',
  'forbidden',
  'not-found',
  'payment',
  'redirected',
  'misconfigured',
]);

/** Whether a request may be booked now: `closed`, or open with its time over. */
export function mayBeAsked(circuit: Circuit, nowMs: number): boolean {
  return circuit.state === 'closed' || nowMs >= circuit.untilMs;
}

/** Whether others are preferred: it refused a request that another deployment is judging. */
export function isSuspected(circuit: Circuit, nowMs: number): boolean {
  return circuit.state === 'closed' && nowMs < (circuit.suspectedUntilMs ?? 0);
}

/** The circuit once a booking was made: the first one after the open time is the probe. */
export function circuitAfterBooking(
  circuit: Circuit,
  booking: { readonly id: string; readonly startMs: number },
): Circuit {
  if (circuit.state === 'closed') return circuit;
  const { reason, openings } = circuit;
  return { state: 'probing', bookingId: booking.id, untilMs: booking.startMs + PROBE_MS, reason, openings };
}

/**
 * The circuit after an outcome. A refusal of the deployment's own (401, 403, 404, a redirect, wrong settings, spent money)
 * opens it at once for a minute, then twice as long each time, at most half an hour; three requests in a row without an
 * answer (5xx, timeout, a refused connection, a refusal that could not be judged) for 10 s, at most 5 minutes. A content filter,
 * a bad image or request and a 429 are answers: the service is there (but a probe that ends as a bad image shows nothing).
 * Where nothing was sent (`no-token`, `aborted`), nothing was learned.
 */
export function circuitAfter(
  circuit: Circuit,
  outcome: Outcome,
  at: { readonly bookingId: string; readonly nowMs: number },
): Circuit {
  const isProbe = circuit.state === 'probing' && circuit.bookingId === at.bookingId;
  if (outcome.kind === 'refused') {
    if (outcome.reason === 'no-token' || outcome.reason === 'aborted')
      return isProbe ? withoutProbe(circuit, at.nowMs) : circuit;
    if (outcome.reason === 'bad-image' || outcome.reason === 'bad-request') {
      if (isProbe) return probedInVain(circuit, at.nowMs);
      const after = answering(circuit, isProbe);
      return outcome.reason === 'bad-request' ? suspected(after, at.nowMs) : after;
    }
    if (REFUSALS_THAT_OPEN.has(outcome.reason))
      return circuit.state === 'open' ? circuit : convicted(circuit, outcome, at.nowMs);
  }
  if (outcome.kind !== 'refused' && outcome.kind !== 'ambiguous') return answering(circuit, isProbe);
  if (circuit.state === 'open' || (circuit.state === 'probing' && !isProbe)) return circuit;
  const failures = circuit.state === 'closed' ? circuit.failures + 1 : FAILURES_TO_OPEN;
  if (failures >= FAILURES_TO_OPEN) {
    return opened(circuit.openings, failingReason(outcome), { span: FAILING_OPEN_MS, nowMs: at.nowMs });
  }
  const closed: Circuit = { ...circuit, state: 'closed', failures, openings: circuit.openings };
  return outcome.kind === 'refused' && outcome.reason === 'unclear' ? suspected(closed, at.nowMs) : closed;
}

/** The circuit of a deployment that is at fault: by its own words, or because another one accepted the request. */
export function convicted(circuit: Circuit, refusal: Refused, nowMs: number): Circuit {
  return opened(circuit.openings, refusalText(refusal), { span: REFUSED_OPEN_MS, nowMs });
}

/**
 * The circuit of a deployment when another one refused too: the request was at fault. If there were failures, one stays, since
 * this does not show that it answers.
 */
export function cleared(circuit: Circuit): Circuit {
  if (circuit.state !== 'closed') return circuit;
  return { state: 'closed', failures: Math.min(1, circuit.failures), openings: circuit.openings };
}

/** How much a deployment's refusal counts when another one has refused the same request. */
export type Word = 'believed' | 'doubtful' | 'worthless';

/**
 * Two deployments with the same wrong setting agree as well. So a refusal counts only from a deployment that answers other
 * requests, and, without a reason, only if it is the first since the last answer. After three refusals in a row without a reason
 * the circuit opens, and its refusals count nothing.
 */
export function wordOf(
  refusal: Refused,
  { circuit, answered }: { readonly circuit: CircuitView; readonly answered: number },
): Word {
  if (isTelling(refusal)) return answered > 0 ? 'believed' : 'doubtful';
  if (circuit.state !== 'closed') return 'worthless';
  return answered > 0 && circuit.failures <= 1 ? 'believed' : 'doubtful';
}

function suspected(circuit: Circuit, nowMs: number): Circuit {
  return circuit.state === 'closed' ? { ...circuit, suspectedUntilMs: nowMs + SUSPECTED_MS } : circuit;
}

/** The circuit when a booking is given back unused. */
export function circuitAfterRelease(
  circuit: Circuit,
  at: { readonly bookingId: string; readonly nowMs: number },
): Circuit {
  return circuit.state === 'probing' && circuit.bookingId === at.bookingId ? withoutProbe(circuit, at.nowMs) : circuit;
}

export function circuitView(circuit: Circuit): CircuitView {
  if (circuit.state === 'closed') return { state: 'closed', failures: circuit.failures };
  const { state, reason, untilMs } = circuit;
  return state === 'open' ? { state, untilMs, reason } : { state, reason };
}

function withoutProbe(circuit: Circuit, nowMs: number): Circuit {
  if (circuit.state !== 'probing') return circuit;
  return { state: 'open', untilMs: nowMs, reason: circuit.reason, openings: circuit.openings };
}

/** A refusal of the image or request shows neither that the deployment works nor that it does not. */
function probedInVain(circuit: Circuit, nowMs: number): Circuit {
  if (circuit.state !== 'probing') return circuit;
  return { state: 'open', untilMs: nowMs + REFUSED_OPEN_MS.first, reason: circuit.reason, openings: circuit.openings };
}

/** A late answer to a request from before the opening does not close it; the probe's does. */
function answering(circuit: Circuit, isProbe: boolean): Circuit {
  return circuit.state === 'closed' || isProbe ? { state: 'closed', failures: 0, openings: 0 } : circuit;
}

function opened(
  openings: number,
  reason: string,
  for_: { readonly span: { readonly first: number; readonly most: number }; readonly nowMs: number },
): Circuit {
  const openMs = Math.min(for_.span.most, for_.span.first * 2 ** openings);
  return { state: 'open', untilMs: for_.nowMs + openMs, reason, openings: openings + 1 };
}

function failingReason(outcome: Extract<Outcome, { kind: 'refused' | 'ambiguous' }>): string {
  if (outcome.kind === 'refused') return outcome.reason === 'unreachable' ? 'cannot be reached' : refusalText(outcome);
  if (outcome.reason === 'server-error') return `answers ${outcome.status ?? '5xx'}`;
  return outcome.reason === 'timeout' ? 'does not answer in time' : 'breaks off its answers';
}
