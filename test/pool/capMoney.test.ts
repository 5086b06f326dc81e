import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapMoney, canRisk, noCapMoney, withBill, withoutRisk, withRisk } from '../../shared/pool/capMoney.ts';

const NOW_MS = Date.UTC(2026, 11, 1);
const paid = (calls: number, worth = 1_000): CapMoney => ({ ...noCapMoney, spent: calls * worth });

describe('canRisk', () => {
  it.each([
    ['nothing was paid yet', noCapMoney, false],
    ['49 calls were paid', paid(49), false],
    ['50 calls were paid', paid(50), true],
    ['50 calls were paid and one is on its way', withRisk(paid(50), 1_000, NOW_MS), false],
    ['100 calls were paid and one is on its way', withRisk(paid(100), 1_000, NOW_MS), true],
    ['150 calls were paid and one was wasted', { ...paid(150), wasted: 1_000 }, false],
    ['160 calls were paid and one was wasted', { ...paid(160), wasted: 1_000 }, true],
    ['what is on its way was lost with its process', withRisk(paid(50), 1_000, NOW_MS - 180_000), true],
  ])('says where %s: %s', (_, money, allowed) => {
    expect(canRisk(money, 1_000, NOW_MS)).toBe(allowed);
  });
});

describe('withoutRisk', () => {
  it('takes the oldest off, and nothing from nothing', () => {
    const two = withRisk(withRisk(paid(500), 900, NOW_MS), 1_000, NOW_MS + 1);
    expect(withoutRisk(two).atRisk).toEqual([{ worth: 1_000, untilMs: NOW_MS + 180_001 }]);
    expect(withoutRisk(noCapMoney)).toBe(noCapMoney);
  });
});

describe('withBill', () => {
  it('forgets what was paid 2,000 calls ago', () => {
    expect(withBill(paid(1), { worth: 0, isWasted: false }).spent).toBeCloseTo(999.5, 5);
  });

  it('keeps the waste of any calls whatever below 2 % of what was paid, however lengths change, and however many run at once', () => {
    const call = fc.record({ worth: fc.integer({ min: 200, max: 3_000 }), wouldBeCut: fc.boolean() });
    const calls = fc.array(call, { minLength: 50, maxLength: 400 });
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 60 }), (all, atOnce) => {
        let money = noCapMoney;
        let [spent, wasted] = [0, 0];
        for (let first = 0; first < all.length; first += atOnce) {
          const sent = all.slice(first, first + atOnce).map((each) => {
            const isLowered = canRisk(money, each.worth, NOW_MS);
            if (isLowered) money = withRisk(money, each.worth, NOW_MS);
            return { ...each, isLowered };
          });
          for (const { worth, wouldBeCut, isLowered } of sent) {
            if (isLowered) money = withoutRisk(money);
            const isWasted = isLowered && wouldBeCut;
            money = withBill(money, { worth, isWasted });
            if (isWasted) {
              wasted += worth;
              money = withBill(money, { worth, isWasted: false });
            }
            spent += worth;
          }
        }
        expect(wasted).toBeLessThanOrEqual(0.02 * spent);
      }),
    );
  });
});
