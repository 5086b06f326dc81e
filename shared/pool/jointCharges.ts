import type { Charge } from './charge.ts';
import type { DeploymentState } from './poolState.ts';

/** The charges of deployments that the service counts together, as one list. */
interface JointCharges {
  readonly charges: readonly Charge[];
  /** The id that the charge of a booking has in the list. */
  readonly idOf: (bookingId: string) => string;
  /** The members with what became of the list. A charge without an id of the list is what others use. */
  readonly apart: (charges: readonly Charge[]) => readonly DeploymentState[];
}

/**
 * The charges of all members of a quota that the service counts together, in one list: a count includes them all, so it is
 * compared with all. Counts of a member whose newest answer named another limit are left out: they are of another minute.
 *
 * What others use takes from the whole quota, so each member has its part of it, by its tokens a minute. What becomes of a
 * charge of another member is taken over once it is known; one without an answer stays as it was booked there.
 */
export function jointCharges(
  first: DeploymentState,
  others: readonly DeploymentState[],
  limitTokens: number | undefined,
): JointCharges {
  if (others.length === 0)
    return { charges: first.charges, idOf: (id) => id, apart: (charges) => [{ ...first, charges }] };
  const members = [first, ...others];
  const quotaTokens = members.reduce((sum, { deployment }) => sum + deployment.tokensPerMinute, 0);
  const placed = members
    .flatMap((state, member) => state.charges.map((charge) => ({ charge, member })))
    .toSorted((left, right) => left.charge.bucket - right.charge.bucket);
  const hasThisLimit = members.map((state) => state.limitTokens === limitTokens);
  const charges = placed.map(({ charge, member }, index) => {
    const countedTokens = hasThisLimit[member] ? charge.countedTokens : null;
    // The list is only compared and counted: there a charge of any kind has its place as its id.
    return { ...charge, id: `${index}`, countedTokens } as Charge;
  });
  const apart = (next: readonly Charge[]): readonly DeploymentState[] => {
    const chargesOf: Charge[][] = members.map(() => []);
    for (const charge of next) {
      const before = charge.id === null ? undefined : placed[Number(charge.id)];
      if (before === undefined) {
        members.forEach(({ deployment }, member) => {
          const tokens = Math.round((charge.tokens * deployment.tokensPerMinute) / quotaTokens);
          chargesOf[member]?.push({ ...charge, tokens });
        });
      } else {
        const after = before.member === 0 ? ownAfter : memberAfter;
        chargesOf[before.member]?.push(after(charge, before.charge));
      }
    }
    return members.map((state, member) => ({ ...state, charges: chargesOf[member] ?? [] }));
  };
  return { charges, idOf: (bookingId) => `${placed.findIndex(({ charge }) => charge.id === bookingId)}`, apart };
}

function ownAfter(charge: Charge, before: Charge): Charge {
  return { ...charge, id: before.id, countedTokens: charge.countedTokens ?? before.countedTokens } as Charge;
}

function memberAfter({ tokens, isExact, countedTokens }: Charge, before: Charge): Charge {
  const isKnown = isExact || countedTokens !== null;
  const hasChanged = tokens !== before.tokens || isExact !== before.isExact;
  return isKnown && hasChanged ? ({ ...before, tokens, isExact } as Charge) : before;
}
