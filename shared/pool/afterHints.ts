import { type FactorEvidence, withAnswer } from './admissionFactor.ts';
import { loweredLimitAfter } from './afterThrottling.ts';
import type { Charge, Counted } from './charge.ts';
import { countOf, countsMove } from './countsMove.ts';
import { jointCharges } from './jointCharges.ts';
import { learnCharges } from './learnCharges.ts';
import type { Booking } from './ledger.ts';
import type { LimitHints } from './outcome.ts';
import type { DeploymentState } from './poolState.ts';

/**
 * A deployment after an answer's headers: what was charged, what others use, and a lowered limit. The count of a quota that
 * several deployments share includes the charges of all: it is compared with all, and what others use is put down to each.
 *
 * @returns the deployment, and those of `members` whose charges are known better now
 */
export function afterHints(
  state: DeploymentState,
  booking: Booking,
  answer: {
    readonly hints: LimitHints;
    /** The other deployments of the quota that the answer counts. */
    readonly members: readonly DeploymentState[];
    readonly nowMs: number;
  },
): readonly DeploymentState[] {
  const { tokensPerMinute } = booking.deployment;
  const { hints, members, nowMs } = answer;
  const limitTokens = hints.limitTokens ?? tokensPerMinute;
  // What remains of one limit and of another cannot be subtracted: a limit that moves while the rest stands still is no charge.
  const isSameLimit = state.limitTokens === undefined || state.limitTokens === limitTokens;
  const countedTokens = isSameLimit ? countOf(hints, tokensPerMinute) : null;
  const withLimit = (factor: FactorEvidence): Pick<DeploymentState, 'limitTokens' | 'lowered' | 'factor'> => {
    const limit = { limitTokens: hints.limitTokens, tokensPerMinute, nowMs };
    const lowered = loweredLimitAfter(state.lowered, { ...limit, isBelieved: countsMove(factor.ratios) });
    return { limitTokens, lowered, factor };
  };
  if (countedTokens === null) {
    const informed = { ...state, ...withLimit(withAnswer(state.factor, { ratios: [], level: null })) };
    return [isSameLimit || members.length === 0 ? informed : withoutCounts(informed)];
  }
  const joint = jointCharges({ ...state, limitTokens }, members, limitTokens);
  const quotaTokens = members.reduce((sum, { deployment }) => sum + deployment.tokensPerMinute, tokensPerMinute);
  const spareTokens = Math.max(0, limitTokens - quotaTokens);
  const report = { bookingId: joint.idOf(booking.id), countedTokens, spareTokens };
  const learned = learnCharges({ charges: joint.charges, factor: state.factor }, report);
  const [own = state, ...others] = joint.apart(learned.charges);
  return [{ ...own, ...withLimit(learned.factor) }, ...others];
}

/** Counts of a deployment alone say nothing about a quota that it shares from now on. */
function withoutCounts(state: DeploymentState): DeploymentState {
  return {
    ...state,
    charges: state.charges.map((charge) => (charge.countedTokens === null ? charge : withoutCount(charge))),
  };
}

/** The charge of an ended request stays as it was last estimated: no later answer changes it. */
function withoutCount({ id, isExact, ...charge }: Counted): Charge {
  if (id === null) return { ...charge, id, isExact: true, countedTokens: null };
  return isExact ? { ...charge, id, isExact, countedTokens: null } : { ...charge, id, isExact, countedTokens: null };
}
