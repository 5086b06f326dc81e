import { admissionFactor, type FactorEvidence, withAnswer } from './admissionFactor.ts';
import { MINUTE_BUCKETS } from './buckets.ts';
import { firstIndexAfter, tokensUpTo, withCharge } from './charges.ts';
import type { Charge } from './poolState.ts';

/** What an answer told of the minute that its request fell in. */
export interface Told {
  readonly bookingId: string;
  /** Tokens that the service has counted in its minute, this request included. */
  readonly usedTokens: number;
}

/**
 * Takes over what the service says it has counted: learns the factor, recounts our charges with it, and books what is
 * left unexplained as somebody else's for a minute, so that nobody is sent into a minute that is full. What was booked
 * for others before shrinks again when the service counts less than we do.
 */
export function learnCharges(
  known: { readonly charges: readonly Charge[]; readonly factor: FactorEvidence },
  told: Told,
): { readonly charges: readonly Charge[]; readonly factor: FactorEvidence } {
  const sent = known.charges.find(({ id }) => id === told.bookingId);
  if (sent === undefined) return known;
  const admitted = inMinuteUpTo(known.charges, sent.bucket).reduce((sum, charge) => sum + charge.admissionTokens, 0);
  const factor = withAnswer(known.factor, admitted > 0 ? told.usedTokens / admitted : null);
  const recounted = recount(known.charges, admissionFactor(factor));
  const unexplained = Math.round(told.usedTokens - tokensUpTo(recounted, sent.bucket));
  return { charges: withOthersUse(recounted, { bucket: sent.bucket, unexplained, id: `other-${sent.id}` }), factor };
}

/** Our own charges at a factor. */
export function recount(charges: readonly Charge[], factor: number): readonly Charge[] {
  return charges.map((charge) =>
    charge.caller === 'other' || charge.admissionTokens === 0
      ? charge
      : { ...charge, tokens: Math.ceil(charge.admissionTokens * factor) },
  );
}

function inMinuteUpTo(charges: readonly Charge[], bucket: number): readonly Charge[] {
  return charges.slice(firstIndexAfter(charges, bucket - MINUTE_BUCKETS), firstIndexAfter(charges, bucket));
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
      isSettled: true,
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
