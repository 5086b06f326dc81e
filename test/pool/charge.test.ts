import { describe, expect, it } from 'vitest';
import type { Charge } from '../../shared/pool/charge.ts';
import { othersCharge } from '../../shared/pool/othersUse.ts';

const own = { caller: 'backlog', bucket: 1_000, tokens: 1_300, admissionTokens: 1_200 } as const;

describe('Charge', () => {
  it('cannot be written as a mix of two kinds', () => {
    const mixes: readonly Charge[] = [
      // @ts-expect-error: no ending would find a booking without an id
      { ...own, id: null, requests: 1, isExact: false, countedTokens: null },
      // @ts-expect-error: the ending of one booking would change the others that were added to it
      { ...own, id: 'a1-0', requests: 2, isExact: true, countedTokens: null },
      // @ts-expect-error: a count is that of one request
      { ...own, id: null, requests: 2, isExact: true, countedTokens: 5_000 },
      // @ts-expect-error: others' use is what is left of a count, and never estimated
      { ...othersCharge(1_000, 900), isExact: false },
      // @ts-expect-error: others' requests are not known
      { ...othersCharge(1_000, 900), requests: 1 },
    ];
    expect(mixes).toHaveLength(5);
  });
});
