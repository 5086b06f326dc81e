import { describe, expect, it } from 'vitest';
import type { Charge } from '../../shared/pool/charge.ts';
import { withOthersUse } from '../../shared/pool/othersUse.ts';

function own(bucket: number, tokens: number, isExact = true): Charge {
  const rest = { caller: 'backlog', admissionTokens: tokens, requests: 1, isExact, countedTokens: null } as const;
  return { id: `own-${bucket}`, bucket, tokens, ...rest };
}

function othersOf(charges: readonly Charge[]): readonly number[] {
  return charges.filter(({ caller }) => caller === 'other').map(({ tokens }) => tokens);
}

const at = (bucket: number, countedTokens: number, spread = 0) => ({
  bucket,
  countedTokens,
  spread,
});

describe('withOthersUse', () => {
  it("takes what was counted and is not ours for somebody else's", () => {
    const charges = [own(1_000, 2_000), own(1_010, 3_000)];
    expect(othersOf(withOthersUse(charges, at(1_010, 6_500)))).toEqual([1_500]);
    expect(othersOf(withOthersUse(charges, at(1_010, 5_000)))).toEqual([]);
    expect(othersOf(withOthersUse(charges, at(1_010, 300)))).toEqual([]);
  });

  it('replaces it with every newer count, and heeds no older one', () => {
    const first = withOthersUse([own(1_000, 2_000)], at(1_000, 6_000));
    const newer = withOthersUse([...first, own(1_100, 1_000)], at(1_100, 4_000));
    expect(othersOf(newer)).toEqual([1_000]);
    expect(withOthersUse(newer, at(1_050, 9_000))).toBe(newer);
  });

  it('sees nobody else in what our own uncertain charges may explain', () => {
    const charges = [own(1_000, 2_000, false), own(1_010, 2_000, false)];
    expect(othersOf(withOthersUse(charges, at(1_010, 4_500, 0.1)))).toEqual([]);
    expect(othersOf(withOthersUse(charges, at(1_010, 4_600, 0.1)))).toEqual([600]);
  });

  it('reads a charge of ours on the edge of the minute as counted or not, whichever changes less', () => {
    const edge = [own(400, 2_000), own(1_000, 1_000)];
    expect(othersOf(withOthersUse(edge, at(1_000, 1_000)))).toEqual([]);
    expect(othersOf(withOthersUse(edge, at(1_000, 3_000)))).toEqual([]);
    expect(othersOf(withOthersUse(edge, at(1_000, 3_500)))).toEqual([500]);
  });
});
