import { describe, expect, it } from 'vitest';
import { allModels, getModel } from '../../shared/catalog/catalog.ts';
import { PRICE_MAX_AGE_DAYS, priceAt, stalePrices, unlistedPrice, usualSku } from '../../shared/catalog/price.ts';

const atMs = Date.parse('2026-11-23');
const price = (name: string, question: object = {}) =>
  priceAt(getModel(name), { sku: 'GlobalStandard', atMs, ...question });

describe('priceAt', () => {
  it.each([
    ['gpt-4@vision-preview', { sku: 'Standard' }, { input: 10, cachedInput: null, output: 30 }],
    ['gpt-4o', {}, { input: 2.5, cachedInput: 1.25, output: 10 }],
    ['gpt-4o-mini', {}, { input: 0.15, cachedInput: 0.075, output: 0.6 }],
    ['gpt-6-luna', {}, { input: 0.1, cachedInput: 0.01, output: 0.5 }],
    ['gpt-6-astra', { sku: 'DataZoneStandard', region: 'eastus2' }, { input: 11, output: 55 }],
    ['gpt-6-astra', { sku: 'DataZoneStandard', region: 'swedencentral' }, { input: 12, output: 60 }],
    ['gpt-4o', { sku: 'GlobalBatch' }, { input: 1.25, output: 5 }],
  ])('of %s, %j, is %j', (name, question, expected) => {
    expect(price(name, question)).toMatchObject(expected);
  });

  it('keeps to the days of a promotion, its last one included', () => {
    const inputOn = (day: string) => price('gpt-5.6-sol', { atMs: Date.parse(day) })?.input;
    expect(inputOn('2026-08-31T23:59:59Z')).toBe(5);
    expect(inputOn('2026-09-01')).toBe(4);
    expect(inputOn('2026-11-30T23:59:59Z')).toBe(4);
    expect(inputOn('2026-12-01')).toBe(5);
  });

  it('gives the earlier price for the days before it changed', () => {
    expect(price('gpt-5.6-luna', { atMs: Date.parse('2026-07-15') })?.input).toBe(1);
    expect(price('gpt-5.6-luna')?.input).toBe(0.2);
  });

  it('moves the whole request to the long rate above 272,000 prompt tokens', () => {
    expect(price('gpt-5.5', { inputTokens: 272_000 })?.input).toBe(5);
    expect(price('gpt-5.5', { inputTokens: 272_001 })).toMatchObject({ input: 10, output: 45 });
  });

  it('takes the dearest zone when no region is named', () => {
    expect(price('gpt-6-sol', { sku: 'DataZoneStandard' })?.input).toBe(2.4);
  });

  it('says when a price is not listed but follows from others', () => {
    expect(price('gpt-5.4-nano', { sku: 'DataZoneStandard', region: 'eastus' })).toMatchObject({
      input: 0.22,
      derived: 'The data zone costs 10 % more than global.',
    });
  });

  it('knows none for provisioned deployments, nor for a model without prices', () => {
    expect(price('gpt-4o', { sku: 'ProvisionedManaged' })).toBeUndefined();
    expect(price('gpt-chat-latest')).toBeUndefined();
  });
});

describe('usualSku', () => {
  it('is the one that the catalogue prices first', () => {
    expect(usualSku(getModel('gpt-4@vision-preview'))).toBe('Standard');
    expect(usualSku(getModel('gpt-4o'))).toBe('GlobalStandard');
    for (const model of allModels()) expect(usualSku(model)).not.toBe('');
  });
});

describe('stalePrices', () => {
  it(`speaks of prices that were last checked more than ${PRICE_MAX_AGE_DAYS} days ago`, () => {
    const model = getModel('gpt-6-luna');
    expect(stalePrices(model, Date.parse('2027-04-08'))).toBeUndefined();
    expect(stalePrices(model, Date.parse('2027-04-09'))).toBe(
      'The prices of gpt-6-luna@2026-09-22 were last checked on 2026-10-10; they count as stale after 180 days.',
    );
  });

  it('counts a bare year from its first day', () => {
    expect(stalePrices(getModel('gpt-4o'), Date.parse('2026-06-30'))).toBeUndefined();
    expect(stalePrices(getModel('gpt-4o'), Date.parse('2026-07-01'))).toContain('last checked in 2026;');
  });
});

describe('unlistedPrice', () => {
  const said = (name: string, sku: string) => unlistedPrice(getModel(name), sku, price(name, { sku }));

  it('says how a price was derived, or that there is none', () => {
    expect(said('gpt-4o', 'GlobalBatch')).toBe(
      'The price of gpt-4o@2024-11-20 (GlobalBatch) is derived: Batch costs half of global standard.',
    );
    expect(said('gpt-4o', 'ProvisionedManaged')).toBe(
      'No source lists a price for gpt-4o@2024-11-20 (ProvisionedManaged).',
    );
    expect(said('gpt-4o', 'GlobalStandard')).toBeUndefined();
  });
});
