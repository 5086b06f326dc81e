import { describe, expect, it } from 'vitest';
import { getModel, regionProblem } from '../../shared/catalog/catalog.ts';

const seed = getModel('gpt-4@vision-preview');

describe('regionProblem', () => {
  it('names the regions that a model is offered in', () => {
    expect(regionProblem(seed, 'Standard', 'mars')).toBe(
      'gpt-4@vision-preview (Standard) is not offered in mars; it is in: australiaeast, swedencentral, switzerlandnorth, westus',
    );
  });

  it('names the SKUs when the model is not offered under this one at all', () => {
    expect(regionProblem(seed, 'GlobalStandard', 'westus')).toBe(
      'gpt-4@vision-preview (GlobalStandard) is not offered in any region; the model is offered as: Standard',
    );
    const sentence = regionProblem(getModel('gpt-5.4'), 'Standard', 'westus');
    expect(sentence).toContain('offered as: GlobalStandard, DataZone');
    expect(sentence, 'no pool takes a type that answers hours later').not.toContain('Batch');
  });

  it.each(['__proto__', 'constructor', ''])('knows no SKU %j', (sku) => {
    expect(regionProblem(seed, sku, 'westus')).toContain('the model is offered as: Standard');
  });

  it.each(['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus', 'Sweden Central'])('takes %s', (region) => {
    expect(regionProblem(seed, 'Standard', region)).toBeUndefined();
  });

  it('says nothing where the list is not known to be complete', () => {
    expect(regionProblem(getModel('gpt-6-sol'), 'GlobalStandard', 'uksouth')).toBeUndefined();
    expect(regionProblem(getModel('gpt-5.5'), 'GlobalBatch', 'uksouth')).toBeUndefined();
  });
});
