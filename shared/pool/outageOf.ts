import { NEVER } from './firstFit.ts';
import type { Placement } from './ledger.ts';
import type { Candidate } from './soonestStart.ts';

/** While a probe is on its way, its answer is expected within this. */
const PROBE_ANSWER_MS = 15_000;

/** Until when all of these are out, and why. */
export function outageOf(candidates: readonly Candidate[], nowMs: number): Placement {
  let untilMs = NEVER;
  const reasons: string[] = [];
  for (const { deployment, state } of candidates) {
    if (state.circuit.state === 'closed') continue;
    const answeredMs = state.circuit.state === 'probing' ? nowMs + PROBE_ANSWER_MS : NEVER;
    untilMs = Math.min(untilMs, state.circuit.untilMs, answeredMs);
    reasons.push(`${deployment.name} ${state.circuit.reason}.`);
  }
  return { kind: 'outage', untilMs, reasons };
}
