import { formatCount } from '../errors.ts';
import { storageErrorOf } from '../storage/storageError.ts';
import type { PoolSignal } from './ledger.ts';

/** Why the shared state is unavailable. */
export interface LedgerLoss {
  /** `unavailable`: no answer, a refusal, too many others. `too-large`: more than the store holds. `unreadable`: begun anew. */
  readonly reason: 'unavailable' | 'too-large' | 'unreadable';
  /** A sentence for an operator, without anything that a caller sent. */
  readonly detail: string;
  /** HTTP status of the storage's refusal; null where there was none. */
  readonly status: number | null;
  /** The storage's name of the reason, as in `AuthorizationFailure`, or the connection's, as in `ECONNREFUSED`. */
  readonly code: string | null;
}

/** Ends a step on the shared state; the step is then taken on the local share. */
export class StoreLost extends Error {
  readonly loss: LedgerLoss;

  constructor(loss: LedgerLoss) {
    super(loss.detail);
    this.loss = loss;
  }
}

/**
 * What an error of the store means to an operator.
 *
 * @example
 * lossOf(error).detail // 'The storage refused the pool\'s state with 403 AuthorizationFailure.'
 */
export function lossOf(error: unknown): LedgerLoss {
  if (error instanceof StoreLost) return error.loss;
  const refusal = storageErrorOf(error);
  if (refusal !== undefined) {
    const { status, code = null } = refusal;
    const detail = `The storage refused the pool's state with ${status}${code === null ? '' : ` ${code}`}.`;
    return { reason: 'unavailable', detail: `${detail}${ADVICE[code ?? ''] ?? ''}`, status, code };
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  const name = code ?? (error instanceof Error ? error.name : 'unknown');
  return {
    reason: 'unavailable',
    detail: `The storage of the pool's state cannot be reached (${name}).`,
    status: null,
    code,
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  AuthorizationFailure: " Check the identity's role on tables and the account's network rules.",
  AuthorizationPermissionMismatch: " Check the identity's role on tables; a new one takes some minutes.",
  TableNotFound: ' The table is missing: deploy the storage again.',
  InvalidHeaderValue: ' The service does not know the API version of the client: go back to an earlier client.',
};

/** When a loss was signalled last, and as what; all null while the state is there. */
interface LossLog {
  readonly lostFromMs: number | null;
  readonly signalledMs: number | null;
  readonly signalledAs: string | null;
}

export const nothingLost: LossLog = { lostFromMs: null, signalledMs: null, signalledAs: null };

/** A lasting loss is signalled again after this: several times in the window of its alert. */
const AGAIN_MS = 5 * 60_000;
/** Another reason, or another loss, is signalled no sooner than this. */
const SOONEST_MS = 60_000;

type Logged = { readonly log: LossLog; readonly signals: readonly PoolSignal[] };

/** The log after a step that could not use the shared state, and the signals: not one for every step. */
export function afterLoss(log: LossLog, loss: LedgerLoss, nowMs: number): Logged {
  const { reason, detail, status, code } = loss;
  // A state that could not be read is replaced at once, so it is not lost.
  const lostFromMs = reason === 'unreadable' ? log.lostFromMs : (log.lostFromMs ?? nowMs);
  const name = `${reason} ${status} ${code}`;
  const pauseMs = log.lostFromMs === null || log.signalledAs !== name ? SOONEST_MS : AGAIN_MS;
  const isDue = log.signalledMs === null || nowMs - log.signalledMs >= pauseMs;
  if (!isDue) return { log: { ...log, lostFromMs }, signals: [] };
  const signal = { kind: 'ledger-lost', reason, detail, status, code } as const;
  return { log: { lostFromMs, signalledMs: nowMs, signalledAs: name }, signals: [signal] };
}

/** The log after a step on the shared state. Its return is signalled where its loss was. */
export function afterReturn(log: LossLog, nowMs: number): Logged {
  if (log.lostFromMs === null) return { log, signals: [] };
  const wasSignalled = log.signalledMs !== null && log.signalledMs >= log.lostFromMs;
  const lostMs = nowMs - log.lostFromMs;
  const detail = `The pool's state is shared again after ${formatCount(Math.round(lostMs / 1_000))} s.`;
  return {
    log: { ...log, lostFromMs: null },
    signals: wasSignalled ? [{ kind: 'ledger-back', detail, lostMs }] : [],
  };
}
