import { admissionFactor, bookingFactor, type FactorEvidence, withAnswer } from './admissionFactor.ts';
import { MINUTE_BUCKETS } from './buckets.ts';
import { type Charged, chargedSinceLast } from './chargedSinceLast.ts';
import { firstIndexAfter, tokensUpTo, withCharge } from './charges.ts';
import type { Charge } from './poolState.ts';

/** What an answer told of the minute that its request fell in. */
export interface Told {
  readonly bookingId: string;
  /** Tokens that the service had counted in its minute when it let the request in, this one included. */
  readonly countedTokens: number;
}

interface Known {
  readonly charges: readonly Charge[];
  readonly factor: FactorEvidence;
}

/**
 * Takes over what the service says it has counted: what each request was really charged, from the difference between
 * two answers; from that the factor, with which all charges not known exactly are recounted. What is left unexplained
 * is booked as somebody else's for a minute, so that nobody is sent into a minute that is full; it shrinks again when
 * the service counts less than we do.
 */
export function learnCharges(known: Known, told: Told): Known {
  const index = known.charges.findIndex(({ id }) => id === told.bookingId);
  const sent = known.charges[index];
  if (sent === undefined) return { ...known, factor: withAnswer(known.factor, { ratios: [], level: null }) };
  const counted = known.charges.with(index, { ...sent, countedTokens: told.countedTokens });
  const next = counted.findIndex((charge, at) => at > index && charge.countedTokens !== null);
  const before = chargedSinceLast(counted, { index, factor: admissionFactor(known.factor) });
  const after =
    next === -1 ? undefined : chargedSinceLast(counted, { index: next, factor: admissionFactor(known.factor) });
  const ratios = [before, after].flatMap((one) => (one?.single ? [one.ratio] : []));
  const isFirst = known.factor.ratios.length === 0 && before !== undefined;
  const factor = withAnswer(known.factor, {
    ratios: ratios.length === 0 && isFirst ? [before.ratio] : ratios,
    level: levelOf(counted, sent, told.countedTokens),
  });
  const exact = withExact(withExact(counted, before), after);
  const charges = recount(exact, factor);
  const unexplained = Math.round(told.countedTokens - tokensUpTo(charges, sent.bucket));
  return { charges: withOthersUse(charges, { bucket: sent.bucket, unexplained, id: `other-${sent.id}` }), factor };
}

/** All that the service had counted by all that we had sent in its minute. */
function levelOf(charges: readonly Charge[], sent: Charge, countedTokens: number): number | null {
  const first = firstIndexAfter(charges, sent.bucket - MINUTE_BUCKETS + 1);
  const admitted = charges
    .slice(first, firstIndexAfter(charges, sent.bucket))
    .reduce((sum, charge) => sum + charge.admissionTokens, 0);
  return admitted === 0 ? null : countedTokens / admitted;
}

function withExact(charges: readonly Charge[], known: Charged | undefined): readonly Charge[] {
  const single = known?.single;
  const charge = single ? charges[single.index] : undefined;
  if (!single || charge === undefined) return charges;
  return charges.with(single.index, { ...charge, tokens: single.tokens, isExact: true });
}

/** Our own charges at what is known now: those of requests still on their way as booked, the others as charged. */
function recount(charges: readonly Charge[], evidence: FactorEvidence): readonly Charge[] {
  const [expected, booked] = [admissionFactor(evidence), bookingFactor(evidence)];
  return charges.map((charge) => {
    if (charge.isExact) return charge;
    const factor = charge.countedTokens === null ? booked : expected;
    return { ...charge, tokens: Math.ceil(charge.admissionTokens * factor) };
  });
}

export function withOthersUse(
  charges: readonly Charge[],
  use: { readonly bucket: number; readonly unexplained: number; readonly id: string },
): readonly Charge[] {
  if (use.unexplained > 0) {
    return withCharge(charges, {
      id: use.id,
      caller: 'other',
      bucket: use.bucket,
      tokens: use.unexplained,
      admissionTokens: 0,
      requests: 0,
      isExact: true,
      countedTokens: null,
    });
  }
  let surplus = -use.unexplained;
  return charges.flatMap((charge) => {
    if (charge.caller !== 'other' || surplus === 0) return [charge];
    const taken = Math.min(charge.tokens, surplus);
    surplus -= taken;
    return taken === charge.tokens ? [] : [{ ...charge, tokens: charge.tokens - taken }];
  });
}
