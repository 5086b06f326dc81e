import { NEVER } from './firstFit.ts';
import type { Placement } from './ledger.ts';
import type { DeploymentState } from './poolState.ts';

/** While a probe is on its way, its answer is expected within this. */
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
