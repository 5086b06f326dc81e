import { isSuspected } from './circuit.ts';
import type { Need } from './ledger.ts';
import type { PoolState } from './poolState.ts';
import { type Candidate, soonestStart } from './soonestStart.ts';

/** The deployments that have the model, or the one that the request names, whatever their state. */
export function candidatesFor(pool: PoolState, need: Need): Candidate[] {
  const candidates: Candidate[] = [];
  pool.deployments.forEach((deployment, index) => {
    const state = pool.states[index];
    if (state === undefined || deployment.model !== need.model) return;
    if (need.deploymentName !== undefined && deployment.name !== need.deploymentName) return;
    candidates.push({ index, deployment, state });
  });
  return candidates;
}

/**
 * Of those that may be asked, whom a request is placed among: those that have not just refused it and are not suspected of
 * being set up wrongly, as far as there are any; the preferred one alone where it has room at once.
 */
export function chooseAmong(
  able: readonly Candidate[],
  need: Need,
  at: { readonly nowMs: number; readonly pool: PoolState },
): readonly Candidate[] {
  const fresh = able.filter(({ deployment }) => !need.exclude.includes(deployment.name));
  const trusted = fresh.filter(({ state }) => !isSuspected(state.circuit, at.nowMs));
  const candidates = [trusted, fresh].find((some) => some.length > 0) ?? able;
  const preferred = candidates.filter(({ deployment }) => deployment.name === need.prefer);
  const wanted = { admissionTokens: need.admissionTokens, caller: need.caller, fromMs: at.nowMs };
  return soonestStart(preferred, wanted, { ...at, withinMs: 0 }) === undefined ? candidates : preferred;
}
