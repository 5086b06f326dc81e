import { admissionFactor, bookingFactor, type FactorEvidence, spreadOf, withAnswer } from './admissionFactor.ts';
import { BUCKETS_OF_A_MINUTE } from './buckets.ts';
import { type Charged, chargedSinceLast } from './chargedSinceLast.ts';
import { firstIndexAfter } from './charges.ts';
import { matchedToNewestCount } from './newestCount.ts';
import { withOthersUse } from './othersUse.ts';
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
 * is somebody else's.
 */
export function learnCharges(known: Known, told: Told): Known {
  const place = known.charges.findIndex(({ id }) => id === told.bookingId);
  const asked = known.charges[place];
  if (asked === undefined) return { ...known, factor: withAnswer(known.factor, { ratios: [], level: null }) };
  const sent = { ...asked, countedTokens: told.countedTokens };
  const counted = inOrderOfArrival(known.charges.with(place, sent), sent.bucket);
  const index = counted.indexOf(sent);
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
  const exact = withExact(withExact(counted, before, factor), after, factor);
  const charges = recount(exact, factor);
  const use = {
    bucket: sent.bucket,
    countedTokens: told.countedTokens,
    spread: spreadOf(factor),
    id: `other-${sent.id}`,
  };
  return { charges: matchedToNewestCount(withOthersUse(charges, use), spreadOf(factor)), factor };
}

/** All that the service had counted by all that we had sent in its minute. */
function levelOf(charges: readonly Charge[], sent: Charge, countedTokens: number): number | null {
  const first = firstIndexAfter(charges, sent.bucket - BUCKETS_OF_A_MINUTE);
  const admitted = charges
    .slice(first, firstIndexAfter(charges, sent.bucket))
    .reduce((sum, charge) => sum + charge.admissionTokens, 0);
  return admitted === 0 ? null : countedTokens / admitted;
}

/** Requests that left together arrive in any order: the count that each was told says in which. */
function inOrderOfArrival(charges: readonly Charge[], bucket: number): readonly Charge[] {
  const first = firstIndexAfter(charges, bucket - 1);
  const next = firstIndexAfter(charges, bucket);
  if (next - first < 2) return charges;
  const together = charges
    .slice(first, next)
    .toSorted((left, right) => (left.countedTokens ?? Infinity) - (right.countedTokens ?? Infinity) || 0);
  return [...charges.slice(0, first), ...together, ...charges.slice(next)];
}

function withExact(
  charges: readonly Charge[],
  known: Charged | undefined,
  evidence: FactorEvidence,
): readonly Charge[] {
  const single = known?.single;
  const charge = single ? charges[single.index] : undefined;
  if (!single || charge === undefined || !isLikely(known.ratio, evidence)) return charges;
  return charges.with(single.index, { ...charge, tokens: single.tokens, isExact: true });
}

/** A reading far from what single requests are charged has somebody else's use in it, or none of the readings was right. */
function isLikely(ratio: number, evidence: FactorEvidence): boolean {
  if (evidence.ratios.length < ENOUGH_RATIOS) return true;
  return Math.abs(ratio / admissionFactor(evidence) - 1) <= 0.02 + LIKELY_DEVIATIONS * spreadOf(evidence);
}

const ENOUGH_RATIOS = 10;
const LIKELY_DEVIATIONS = 2.5;

/** Our own charges at what is known now: those of requests still on their way as booked, the others as charged. */
function recount(charges: readonly Charge[], evidence: FactorEvidence): readonly Charge[] {
  const [expected, booked] = [admissionFactor(evidence), bookingFactor(evidence)];
  return charges.map((charge) => {
    if (charge.isExact) return charge;
    const factor = charge.countedTokens === null ? booked : expected;
    return { ...charge, tokens: Math.ceil(charge.admissionTokens * factor) };
  });
}
