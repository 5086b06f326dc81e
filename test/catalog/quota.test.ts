import { describe, expect, it } from 'vitest';
import { getModel, requestsPer1kTokens } from '../../shared/catalog/catalog.ts';

describe('requestsPer1kTokens', () => {
  it.each([
    ['gpt-4@vision-preview', 'Standard', 6],
    ['gpt-5.4', 'GlobalStandard', 10],
    ['gpt-5.4', 'DataZoneStandard', 1],
    ['o3-pro', 'GlobalStandard', 0.1],
  ])('of %s as %s is %d', (name, sku, ratio) => {
    expect(requestsPer1kTokens(getModel(name), sku)).toBe(ratio);
  });

  it('is the lowest of the model for a SKU without a row of its own, and 1 for a model without any', () => {
    expect(requestsPer1kTokens(getModel('gpt-5.4'), 'Standard')).toBe(1);
    expect(requestsPer1kTokens(getModel('gpt-6.1-sol'), 'GlobalStandard')).toBe(1);
    expect(requestsPer1kTokens(getModel('gpt-4o'), 'constructor')).toBe(1);
  });
});
