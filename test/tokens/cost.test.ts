import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allModels, getModel, modelKey } from '../../shared/catalog/catalog.ts';
import { costMicroUsd, usdOf, usdText } from '../../shared/tokens/cost.ts';

const atMs = Date.parse('2026-11-23');
const standard = { sku: 'GlobalStandard', atMs };
const billed = (promptTokens: number, completionTokens = 0, cachedTokens = 0) => ({
  promptTokens,
  cachedTokens,
  completionTokens,
});

describe('usdText', () => {
  it.each([
    [18_890, '$0.01889'],
    [0, '$0.00000'],
    [12_345_678, '$12.34568'],
  ])('shows %i micro-USD as %s', (microUsd, text) => expect(usdText(microUsd)).toBe(text));
});

describe('costMicroUsd', () => {
  it.each([
    [255, 2550],
    [425, 4250],
    [765, 7650],
  ])('of %d prompt tokens on the seed is %d', (promptTokens, microUsd) => {
    expect(costMicroUsd(getModel('gpt-4@vision-preview'), billed(promptTokens), { sku: 'Standard', atMs })).toBe(
      microUsd,
    );
  });

  it("gives the cost of Azure's own example: 100 words in, one tile, 100 out", () => {
    const cost = costMicroUsd(getModel('gpt-4@vision-preview'), billed(355, 100), { sku: 'Standard', atMs });
    expect(usdOf(cost ?? 0)).toBe(0.00655);
  });

  it('charges cached tokens at their own price, or in full where none is listed', () => {
    expect(costMicroUsd(getModel('gpt-4o'), billed(1000, 0, 600), standard)).toBe(400 * 2.5 + 600 * 1.25);
    expect(costMicroUsd(getModel('gpt-4o@2024-05-13'), billed(1000, 0, 600), standard)).toBe(5000);
    expect(costMicroUsd(getModel('gpt-4o'), billed(1000, 0, 5000), standard)).toBe(1250);
  });

  it('rounds once, to the nearest whole one, halves up', () => {
    expect(costMicroUsd(getModel('gpt-6-luna'), billed(4), standard)).toBe(0);
    expect(costMicroUsd(getModel('gpt-6-luna'), billed(5), standard)).toBe(1);
    expect(costMicroUsd(getModel('gpt-6-luna'), billed(14), standard)).toBe(1);
  });

  it('moves a long prompt to the long rate as a whole', () => {
    expect(costMicroUsd(getModel('gpt-5.5'), billed(300_000, 1000), standard)).toBe(3_045_000);
  });

  it('is null where no source lists a price', () => {
    expect(costMicroUsd(getModel('gpt-chat-latest'), billed(1), standard)).toBeNull();
    expect(costMicroUsd(getModel('gpt-4o'), billed(1), { sku: 'ProvisionedManaged', atMs })).toBeNull();
  });

  it('is a whole number that grows with the tokens, on every model', () => {
    const count = fc.integer({ min: 0, max: 200_000 });
    const priced = allModels().flatMap((model) => (model.prices.rates.length > 0 ? [modelKey(model)] : []));
    fc.assert(
      fc.property(fc.constantFrom(...priced), count, count, count, (key, prompt, completion, more) => {
        const model = getModel(key);
        const sku = model.prices.rates[0]?.sku ?? '';
        const cost = costMicroUsd(model, billed(prompt, completion), { sku, atMs });
        const dearer = costMicroUsd(model, billed(prompt + more, completion), { sku, atMs });
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(dearer).toBeGreaterThanOrEqual(cost ?? 0);
      }),
    );
  });
});
