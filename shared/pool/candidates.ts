import { isSuspected } from './circuit.ts';
import { NEVER } from './firstFit.ts';
import type { Need, Placement } from './ledger.ts';
import type { DeploymentState, PoolState } from './poolState.ts';
import { soonestStart } from './soonestStart.ts';

/** The deployments of the model, or the one that the request names, whatever their state. */
export function candidatesFor(pool: PoolState, need: Need): readonly DeploymentState[] {
  return pool.states.filter(({ deployment: { name } }) => (need.deploymentName ?? name) === name);
}

/**
 * The deployments to choose from: those that have not just refused this request and are not suspected of a wrong setting, as
 * far as there are any. The preferred deployment alone if it has room at once.
 */
export function chooseAmong(
  able: readonly DeploymentState[],
  need: Need,
  at: { readonly nowMs: number; readonly pool: PoolState },
): readonly DeploymentState[] {
  const fresh = able.filter(({ deployment }) => !need.exclude.includes(deployment.name));
  const trusted = fresh.filter(({ circuit }) => !isSuspected(circuit, at.nowMs));
  const candidates = [trusted, fresh].find((some) => some.length > 0) ?? able;
  const preferred = candidates.filter(({ deployment }) => deployment.name === need.prefer);
  const wanted = { admissionTokens: need.admissionTokens, caller: need.caller, fromMs: at.nowMs };
  return soonestStart(preferred, wanted, { ...at, withinMs: 0 }) === undefined ? candidates : preferred;
}

/** A probe is expected to be answered within this. */
const PROBE_ANSWER_MS = 15_000;

/** Until when all of these are out, and why. */
export function outageOf(candidates: readonly DeploymentState[], nowMs: number): Placement {
  let untilMs = NEVER;
  const reasons: string[] = [];
  for (const { deployment, circuit } of candidates) {
    if (circuit.state === 'closed') continue;
    const answeredMs = circuit.state === 'probing' ? nowMs + PROBE_ANSWER_MS : NEVER;
    untilMs = Math.min(untilMs, circuit.untilMs, answeredMs);
    reasons.push(`${deployment.name} ${circuit.reason}.`);
  }
  return { kind: 'outage', untilMs, reasons };
}
