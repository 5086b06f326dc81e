import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allModels, getModel, modelKey } from '../../shared/catalog/catalog.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { sizeThatFits } from '../../shared/tokens/sizeThatFits.ts';

describe('sizeThatFits', () => {
  it.each([
    { model: 'gpt-4o', given: [513, 513], maxTokens: 500, fits: [512, 512] },
    { model: 'gpt-4o', given: [513, 513], maxTokens: 765, fits: [513, 513] },
    { model: 'gpt-4o', given: [4000, 3000], maxTokens: 500, fits: [683, 512] },
    { model: 'gpt-4o-mini', given: [4000, 3000], maxTokens: 10_000, fits: [512, 384] },
    { model: 'gpt-5.4', given: [4000, 3000], maxTokens: 1000, fits: [1056, 792] },
  ] as const)('$model within $maxTokens tokens: $given becomes $fits', ({ model, given, maxTokens, fits }) => {
    const [width, height] = given;
    const size = sizeThatFits(getModel(model), { width, height }, { detail: 'high', maxTokens });
    expect([size?.width, size?.height]).toEqual(fits);
  });

  it('is undefined when even one pixel is too much', () => {
    const size = { width: 4000, height: 3000 };
    expect(sizeThatFits(getModel('gpt-4o'), size, { detail: 'high', maxTokens: 254 })).toBeUndefined();
  });

  it('always fits, and is no larger than the image', () => {
    const side = fc.integer({ min: 1, max: 20_000 });
    const countable = allModels().flatMap((row) => (row.imageTokens.rule.kind === 'unknown' ? [] : [modelKey(row)]));
    fc.assert(
      fc.property(
        fc.constantFrom(...countable),
        side,
        side,
        fc.integer({ min: 1, max: 5000 }),
        (key, width, height, maxTokens) => {
          const fitting = sizeThatFits(getModel(key), { width, height }, { detail: 'high', maxTokens });
          if (!fitting) return;
          expect(countImageTokens(getModel(key), fitting, 'high')).toMatchObject({ kind: 'counted' });
          expect(fitting.width).toBeLessThanOrEqual(width);
          expect(fitting.height).toBeLessThanOrEqual(height);
          const count = countImageTokens(getModel(key), fitting, 'high');
          expect(count.kind === 'counted' && count.admission).toBeLessThanOrEqual(maxTokens);
        },
      ),
    );
  });
});
