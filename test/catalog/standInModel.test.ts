import { describe, expect, it } from 'vitest';
import { getModel, regionProblem } from '../../shared/catalog/catalog.ts';
import { lifecycleWarning } from '../../shared/catalog/lifecycle.ts';
import { modelKey } from '../../shared/catalog/model.ts';
import { usualSku } from '../../shared/catalog/price.ts';
import { standInModel } from '../../shared/catalog/standInModel.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';

describe('standInModel', () => {
  const llava = standInModel({ name: 'llava', version: '1.6' }, getModel('gpt-4o'));

  it('counts tokens as the model that it is like', () => {
    expect(modelKey(llava)).toBe('llava@1.6');
    expect(countImageTokens(llava, { width: 513, height: 513 }, 'high')).toMatchObject({ tokens: 765 });
  });

  it('knows no price, no region and no date', () => {
    expect(llava.prices.rates).toEqual([]);
    expect(usualSku(llava)).toBe('GlobalStandard');
    expect(regionProblem(llava, 'Standard', 'here')).toBeUndefined();
    expect(lifecycleWarning(llava, 0)).toBeUndefined();
  });
});
