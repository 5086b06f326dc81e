import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allModels, getModel, modelKey } from '../../shared/catalog/catalog.ts';
import { estimateImage } from '../../shared/tokens/estimateImage.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { detailsOf } from '../../shared/tokens/seenByModel.ts';

const question = { index: 0, count: 1, quality: 'full', rate: undefined } as const;

describe('estimateImage', () => {
  it('shows what is booked within the range, also where a source counts more for the size that is sent', () => {
    const size = { width: 1665, height: 2004 };
    const nano = getModel('gpt-5.4-nano');
    expect(countImageTokens(nano, size, 'high')).toMatchObject({ range: [2916, 3617] });
    expect(estimateImage(nano, size, { ...question, detail: 'high' })).toMatchObject({
      entry: { sent: { width: 1435, height: 1728 } },
      range: [2916, 3703],
      admissionTokens: 3703,
    });
  });

  it('leaves the range to the size as given where the size that is sent costs less', () => {
    const size = { width: 513, height: 513 };
    const measured = estimateImage(getModel('gpt-4o'), size, { ...question, detail: 'high', quality: 'balanced' });
    expect(measured).toMatchObject({ range: [765, 765], admissionTokens: 255 });
  });

  it('never books more than it shows, nor shows a figure outside the range', () => {
    const countable = allModels().flatMap((model) =>
      detailsOf(model).map((detail) => [modelKey(model), detail] as const),
    );
    // Of all models this one comes to it most often, with about one in a thousand images of these sizes.
    const nano = ['gpt-5.4-nano@2026-03-17', 'high'] as const;
    const way = fc.oneof(fc.constantFrom(...countable), fc.constant(nano));
    const side = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1000, max: 3000 }) },
      fc.integer({ min: 1, max: 100_000 }),
    );
    const quality = fc.constantFrom('full' as const, 'balanced' as const, 'economy' as const);
    fc.assert(
      fc.property(way, side, side, quality, ([key, detail], width, height, asked) => {
        const measured = estimateImage(getModel(key), { width, height }, { ...question, detail, quality: asked });
        expect(measured.admissionTokens).toBeLessThanOrEqual(measured.range[1]);
        expect(measured.tokens).toBeGreaterThanOrEqual(measured.range[0]);
        expect(measured.tokens).toBeLessThanOrEqual(measured.range[1]);
      }),
      { numRuns: 8_000 },
    );
  });
});
