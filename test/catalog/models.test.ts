import { describe, expect, it } from 'vitest';
import { allModels, modelKey } from '../../shared/catalog/catalog.ts';
import type { Model } from '../../shared/catalog/model.ts';
import json from '../../shared/catalog/models.json' with { type: 'json' };
import { catalogueSchema } from '../../shared/catalog/schema.ts';

describe('models.json', () => {
  it('has the shape that the application trusts, checked here so that nothing is checked at its start', () => {
    const models: readonly Model[] = catalogueSchema.parse(json).models;
    expect(models).toEqual(allModels());
    expect(models).toHaveLength(34);
  });

  it('names each model and version once', () => {
    const keys = allModels().map(modelKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('says where each of its sources can be found', () => {
    const sources = Object.keys(json.sources);
    const named = [...JSON.stringify(json.models).matchAll(/"source":(\[[^\]]*\])/g)].flatMap(([, list = '[]']) =>
      JSON.parse(list),
    );
    expect([...new Set(named)].sort()).toEqual([...sources].sort());
  });

  it('is small enough for Bicep to read', () => {
    expect(JSON.stringify(json, null, 2).length).toBeLessThan(1_048_576);
  });

  it('prices the data zone of every model that is offered in one', () => {
    const unpriced = allModels().filter(
      ({ regions, prices }) =>
        (regions.bySku.DataZoneStandard ?? []).length > 0 &&
        prices.rates.length > 0 &&
        !prices.rates.some(({ sku }) => sku === 'DataZoneStandard'),
    );
    expect(unpriced.map(modelKey)).toEqual([]);
  });

  it('keeps the seed deployment as it always was', () => {
    const seed = allModels().find((model) => modelKey(model) === 'gpt-4@vision-preview');
    expect(seed).toMatchObject({
      lifecycle: { stage: 'retired' },
      parameters: { outputCap: 'max_tokens', temperature: true, topP: true, jsonSchema: false },
      regions: { bySku: { Standard: ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'] } },
      prices: { rates: [{ sku: 'Standard', input: 10, output: 30 }] },
      textEncoding: { name: 'cl100k_base' },
    });
  });
});

describe('catalogueSchema', () => {
  const [first] = json.models;
  const withModel = (change: object): unknown => ({ ...json, models: [{ ...first, ...change }] });
  const problemsOf = (value: unknown): readonly string[] => {
    const { error } = catalogueSchema.safeParse(value);
    return error?.issues.map(({ path }) => path.join('.')) ?? [];
  };

  it.each(['lifecycle', 'limits', 'textEncoding', 'imageTokens', 'parameters', 'regions', 'quota', 'prices'] as const)(
    'refuses %s without source or date',
    (group) => {
      const facts = first?.[group];
      expect(problemsOf(withModel({ [group]: { ...facts, source: [], asOf: 'last week' } }))).toEqual([
        `models.0.${group}.source`,
        `models.0.${group}.asOf`,
      ]);
      const { source, ...unsourced } = facts ?? { source: [] };
      expect(source).not.toEqual([]);
      expect(problemsOf(withModel({ [group]: unsourced }))).toEqual([`models.0.${group}.source`]);
    },
  );

  it('takes unknown as a value', () => {
    const unknown = { ...first?.imageTokens, rule: { kind: 'unknown' }, automaticDetail: 'unknown' };
    expect(problemsOf(withModel({ takesImages: 'unknown', imageTokens: unknown }))).toEqual([]);
    expect(problemsOf(withModel({ prices: { ...first?.prices, rates: [] } }))).toEqual([]);
  });

  it.each([
    [
      'a negative price',
      { prices: { ...first?.prices, rates: [{ sku: 'Standard', input: -1, cachedInput: null, output: 1 }] } },
    ],
    ['a region written with a space', { regions: { ...first?.regions, bySku: { Standard: ['Sweden Central'] } } }],
    ['a key that nobody reads', { colour: 'blue' }],
    ['a stage that there is not', { lifecycle: { ...first?.lifecycle, stage: 'GA' } }],
  ])('refuses %s', (_what, change) => {
    expect(problemsOf(withModel(change))).toHaveLength(1);
  });
});
