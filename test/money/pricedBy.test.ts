import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { pricedBy } from '../../shared/money/pricedBy.ts';
import { seedDeployment } from '../pool/deployments.ts';

const model = getModel('gpt-4.1');
const NOW_MS = Date.parse('2026-11-23');
const at = (sku: 'GlobalStandard' | 'DataZoneStandard', priority: number): ReturnType<typeof seedDeployment> =>
  seedDeployment('swedencentral', { name: `${sku}-${priority}`, model: 'gpt-4.1@2025-04-14', sku, priority });

describe('pricedBy', () => {
  it('is the deployment with the highest priority, at any place in the list', () => {
    const pool = [at('GlobalStandard', 1), at('DataZoneStandard', 0)];
    for (const listed of [pool, pool.toReversed()]) {
      expect(pricedBy(listed, model, NOW_MS)).toMatchObject({
        deployment: { name: 'DataZoneStandard-0' },
        warning: expect.stringContaining('differ in price; the cost is that of DataZoneStandard-0'),
      });
    }
  });

  it('is the dearest of equal priority, without a note if all cost the same', () => {
    const [world, zone] = [at('GlobalStandard', 0), at('DataZoneStandard', 0)];
    expect(pricedBy([world, zone], model, NOW_MS)?.deployment).toBe(zone);
    expect(pricedBy([world, world], model, NOW_MS)).toEqual({ deployment: world });
    expect(pricedBy([], model, NOW_MS)).toBeUndefined();
  });

  it('is the one with the dearer output where the input costs the same', () => {
    const [rate] = model.prices.rates;
    if (!rate) throw new Error('The model has no price.');
    const { regions: _, ...anywhere } = { regions: undefined, ...rate };
    const rates = [
      { ...anywhere, sku: 'GlobalStandard', input: 2, output: 8 },
      { ...anywhere, sku: 'DataZoneStandard', input: 2, output: 9 },
    ];
    const priced = { ...model, prices: { ...model.prices, rates } } as typeof model;
    const [world, zone] = [at('GlobalStandard', 0), at('DataZoneStandard', 0)];
    for (const listed of [
      [world, zone],
      [zone, world],
    ]) {
      expect(pricedBy(listed, priced, NOW_MS)?.deployment).toBe(zone);
    }
  });
});
