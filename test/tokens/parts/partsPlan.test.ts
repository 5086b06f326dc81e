import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allModels, getModel, modelKey } from '../../../shared/catalog/catalog.ts';
import type { ImageSize } from '../../../shared/tokens/imageSize.ts';
import { countImageTokens } from '../../../shared/tokens/imageTokens.ts';
import { isIllegible, mostReduction, reductionOf } from '../../../shared/tokens/legibility.ts';
import { partBoxes } from '../../../shared/tokens/parts/partsGrid.ts';
import { type PartsPlan, type PartsQuestion, planParts } from '../../../shared/tokens/parts/partsPlan.ts';
import { seenByModel } from '../../../shared/tokens/seenByModel.ts';

const SEED = 'gpt-4@vision-preview';

function plan(
  size: ImageSize,
  asked: Partial<PartsQuestion> & { readonly model?: string } = {},
): PartsPlan | undefined {
  const { model = SEED, ...question } = asked;
  return planParts(getModel(model), size, {
    detail: 'high',
    quality: 'full',
    sight: 'print',
    mostTokens: Number.POSITIVE_INFINITY,
    ...question,
  });
}

const counted = allModels().filter(({ imageTokens }) => imageTokens.rule.kind !== 'unknown');
const side = fc.oneof(
  fc.integer({ min: 1, max: 120 }),
  fc.integer({ min: 121, max: 4_000 }),
  fc.integer({ min: 4_001, max: 100_000 }),
);
const cuts = fc.record({
  model: fc.constantFrom(...counted.map(modelKey)),
  size: fc.record({ width: side, height: side }),
  mostTokens: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 30_000 })),
  quality: fc.constantFrom('full', 'balanced', 'economy'),
} as const);

describe('planParts', () => {
  it.each([
    ['A4 at 300 dpi', { width: 2480, height: 3508 }, { columns: 1, rows: 2, tokens: 2210 }],
    ['A4 at 300 dpi, across', { width: 3508, height: 2480 }, { columns: 1, rows: 3, tokens: 2295 }],
    ['A3 at 300 dpi', { width: 3508, height: 4961 }, { columns: 1, rows: 3, tokens: 4335 }],
    ['a long screenshot', { width: 1080, height: 12_000 }, { columns: 1, rows: 4, tokens: 5780 }],
    ['a panorama', { width: 16_000, height: 200 }, { columns: 5, rows: 1, tokens: 3825 }],
    ['a thin strip', { width: 20_000, height: 10 }, { columns: 10, rows: 1, tokens: 7650 }],
    ['a map', { width: 20_000, height: 3_000 }, { columns: 5, rows: 2, tokens: 14_450 }],
  ])('cuts %s into the legible grid with the fewest tokens', (_, size, expected) => {
    expect(plan(size)).toMatchObject({ ...expected, isLegible: true });
  });

  it.each([
    ['is legible whole', { width: 50, height: 50 }, {}],
    ['is legible whole on a model that sees more', { width: 2480, height: 3508 }, { model: 'gpt-5.4' }],
    ['is a photo to be described', { width: 4000, height: 3000 }, { sight: 'overview' }],
    ['ten parts do not help', { width: 1, height: 100_000 }, {}],
    ['has no room in the quota for two parts', { width: 2480, height: 3508 }, { mostTokens: 2_000 }],
  ] as const)('leaves an image whole that %s', (_, size, asked) => {
    expect(plan(size, asked)).toBeUndefined();
  });

  it('takes fewer parts where the quota has no room for more, and says that small print may be lost', () => {
    const scarce = plan({ width: 1280, height: 30_000 }, { mostTokens: 8_900 });
    expect(plan({ width: 1280, height: 30_000 })).toMatchObject({ isLegible: true });
    expect(scarce).toMatchObject({ isLegible: false });
    expect(scarce?.admission).toBeLessThanOrEqual(8_900);
  });

  it('covers the image, overlaps as it says, stays within the limits and counts every part exactly', () => {
    fc.assert(
      fc.property(cuts, ({ model: name, size, mostTokens, quality }) => {
        const model = getModel(name);
        const found = planParts(model, size, { detail: 'high', quality, sight: 'print', mostTokens });
        if (!found) return;
        const { columns, rows, count, part, overlap, sent } = found;
        expect(count).toBe(columns * rows);
        expect(count).toBeGreaterThan(1);
        expect(count).toBeLessThanOrEqual(10);
        expect(found.admission).toBeLessThanOrEqual(mostTokens);
        expect(sent.width).toBeLessThanOrEqual(part.width);
        expect(sent.height).toBeLessThanOrEqual(part.height);

        const boxes = partBoxes(size, found);
        expect(boxes).toHaveLength(count);
        assertCovered(
          boxes.slice(0, columns).map(({ left }) => left),
          part.width,
          { total: size.width, overlapPx: overlap.acrossPx },
        );
        const tops = boxes.filter((_, place) => place % columns === 0).map(({ top }) => top);
        assertCovered(tops, part.height, { total: size.height, overlapPx: overlap.downPx });

        const each = countImageTokens(model, sent, 'high');
        if (each.kind !== 'counted') throw new Error(each.detail);
        expect(found.tokens).toBe(each.tokens * count);
        expect(found.admission).toBe(each.admission * count);
        expect(found.range).toEqual(each.range.map((tokens) => tokens * count));
        expect(found.seen).toMatchObject({ ...sizeOf(seenByModel(model, sent, 'high')) });
        expect(found.isLegible).toBe(reductionOf(part, found.seen) <= mostReduction(size));
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows each part larger than the whole would be seen, and cuts nothing that is legible', () => {
    fc.assert(
      fc.property(cuts, ({ model: name, size, mostTokens }) => {
        const model = getModel(name);
        const found = planParts(model, size, { detail: 'high', quality: 'full', sight: 'print', mostTokens });
        const seen = seenByModel(model, size, 'high');
        if (!seen || !found) return;
        expect(isIllegible(size, seen, 'print')).toBe(true);
        expect(reductionOf(found.part, found.seen)).toBeLessThan(reductionOf(size, seen));
      }),
      { numRuns: 500 },
    );
  });

  it('never shows less for more tokens', () => {
    fc.assert(
      fc.property(
        fc.record({ width: side, height: side }),
        fc.integer({ min: 500, max: 20_000 }),
        (size, mostTokens) => {
          const [scarce, ample] = [plan(size, { mostTokens }), plan(size, { mostTokens: mostTokens * 2 })];
          if (scarce) expect(ample).toBeDefined();
          if (scarce?.isLegible) expect(ample?.isLegible).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function assertCovered(
  starts: readonly number[],
  sidePx: number,
  { total, overlapPx }: { readonly total: number; readonly overlapPx: number },
): void {
  expect(starts[0]).toBe(0);
  expect((starts.at(-1) ?? 0) + sidePx).toBe(total);
  const shared = starts.slice(1).map((start, place) => (starts[place] ?? 0) + sidePx - start);
  expect(shared.length === 0 ? 0 : Math.min(...shared)).toBe(overlapPx);
}

function sizeOf(size: ImageSize | undefined): Partial<ImageSize> {
  return size ? { width: size.width, height: size.height } : {};
}
