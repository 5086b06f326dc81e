import type { SpoiltRow } from '../storage/spoiltRow.ts';
import type { SignalSink } from './signals.ts';

/** Names a row that a listing has passed over. */
export function signalSpoilt({ signal }: { readonly signal: SignalSink }): (spoilt: SpoiltRow) => void {
  return ({ place, problem }) => signal({ event: 'storage.spoilt', facts: { ...place, problem } });
}
