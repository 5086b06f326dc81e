import { TABLES } from '../../shared/records/analysisStore.ts';
import type { Charge } from '../regions/chargeLog.ts';
import { heldUntilMs, isHeldForALease, type StorageTrouble } from './storageTroubles.ts';

/**
 * An injected fault of a region; a kill of the very process that asked, or an outage of the storage, while it had the answer
 * in hand; or faults of the storage that kept the answer from being written for longer than a lease.
 */
export type Cause = 'fault' | 'kill' | 'outage' | 'storage';

/** A process was killed, or the storage was away: a process that held an answer then may have lost it. */
export interface Disturbance {
  /** The killed process, by the name of its deployments; absent: all processes. */
  readonly asks?: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** An answer is kept well within this after it came, unless something disturbs it. */
const KEPT_WITHIN_MS = 2_000;

/** Every analysis writes these rows. */
export function isShared(table: string): boolean {
  return table === TABLES.budget || table === TABLES.pool;
}

/** What explains that a charge was paid in vain; undefined: nothing that was done. */
export function causeOf(
  charge: Charge,
  met: { readonly disturbances: readonly Disturbance[]; readonly troubles: readonly StorageTrouble[] },
): Cause | undefined {
  const { fault, receivedAtMs, endedAtMs } = charge;
  if (fault !== null) return 'fault';
  const answeredMs = endedAtMs ?? receivedAtMs;
  if (isHeldForALease(met.troubles, answeredMs)) return 'storage';
  const untilMs = heldUntilMs(met.troubles, { fromMs: answeredMs, untilMs: answeredMs + KEPT_WITHIN_MS });
  const disturbance = met.disturbances.find(
    ({ asks, fromMs, untilMs: endMs }) =>
      fromMs <= untilMs && endMs >= receivedAtMs && (asks === undefined || charge.deployment.endsWith(asks)),
  );
  return disturbance && (disturbance.asks === undefined ? 'outage' : 'kill');
}
