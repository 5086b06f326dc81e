import type { PoolSignal } from '../pool/ledger.ts';
import type { SpoiltRow } from '../storage/spoiltRow.ts';

/** An event for operators, by a name that alerts and dashboards use (docs/operate.md). */
export interface Signal {
  readonly event:
    | 'analysis.completed'
    | 'analysis.rejected'
    | 'analysis.failed'
    | 'analysis.deadlettered'
    | 'answer.cut'
    | 'pool.throttled'
    | 'pool.circuit_opened'
    | 'pool.ambiguous'
    | 'deployment.misconfigured'
    | 'pool.ledger_lost'
    | 'pool.ledger_back'
    | 'backlog.stalled'
    | 'budget.reached'
    | 'usage.lost'
    | 'sweep.recovered'
    | 'retention.incomplete'
    | 'storage.spoilt'
    | 'catalogue.stale';
  /** Plain values: never an image, a prompt, an answer, a key or a token. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export type SignalSink = (signal: Signal) => void;

const POOL_EVENTS = {
  throttled: 'pool.throttled',
  'circuit-opened': 'pool.circuit_opened',
  ambiguous: 'pool.ambiguous',
  misconfigured: 'deployment.misconfigured',
  'ledger-lost': 'pool.ledger_lost',
  'ledger-back': 'pool.ledger_back',
} as const;

export function signalOfPool({ kind, ...facts }: PoolSignal): Signal {
  return { event: POOL_EVENTS[kind], facts };
}

/** One JSON line, which the platform's log collection reads as a structured event. */
export const logSignal: SignalSink = ({ event, facts }) => {
  // biome-ignore lint/suspicious/noConsole: the worker's console is where the platform takes an app's log from
  console.log(JSON.stringify({ event, ...facts }));
};

/** Names a row that a listing has skipped. */
export function signalSpoilt({ signal }: { readonly signal: SignalSink }): (spoilt: SpoiltRow) => void {
  return ({ place, problem }) => signal({ event: 'storage.spoilt', facts: { ...place, problem } });
}
