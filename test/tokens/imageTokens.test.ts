import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allModels, getModel } from '../../shared/catalog/catalog.ts';
import type { Detail, ImageTokenRule, Model } from '../../shared/catalog/model.ts';
import { InvalidRequest } from '../../shared/errors.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { seenImage } from '../../shared/tokens/seenImage.ts';
import { ofKind, rowsOf, rulesOf } from './publishedCases.ts';

const seed = getModel('gpt-4@vision-preview');
const counted = (model: Model, [width, height]: readonly [number, number], detail: Detail) => {
  const count = countImageTokens(model, { width, height }, detail);
  if (count.kind !== 'counted') throw new Error(count.detail);
  return count;
};

describe('countImageTokens', () => {
  it.each([
    { width: 150, height: 150, tiles: 1, tokens: 255 },
    { width: 513, height: 150, tiles: 2, tokens: 425 },
    { width: 513, height: 513, tiles: 4, tokens: 765 },
    { width: 512, height: 512, tiles: 1, tokens: 255 },
    { width: 2048, height: 4096, tiles: 6, tokens: 1105 },
    { width: 100_000, height: 10, tiles: 4, tokens: 765 },
    { width: 1, height: 1, tiles: 1, tokens: 255 },
  ])('counts $width x $height as $tiles tiles on gpt-4@vision-preview', ({ width, height, tiles, tokens }) => {
    expect(counted(seed, [width, height], 'high')).toMatchObject({ tiles, tokens, range: [tokens, tokens] });
  });

  it.each(ofKind('published'))('gives the published $tokens for $model at $width x $height, $detail', (row) => {
    for (const rule of rulesOf(row)) {
      expect(seenImage(rule, row.detail, row)?.tokens).toBe(row.tokens);
    }
  });

  it.each(ofKind('derived'))('gives $tokens for $model at $width x $height, $detail', (row) => {
    for (const rule of rulesOf(row)) {
      const seen = seenImage(rule, row.detail, row);
      expect(seen?.isRefused).toBe(row.rejected !== undefined);
      if (row.rejected === undefined) expect(seen?.tokens).toBe(row.tokens);
      if (row.patches !== undefined) expect(seen?.patches).toBe(row.patches);
    }
  });

  it.each(ofKind('contradicting-implementation'))(
    'does not give the $tokens that an implementation gives for $model at $width x $height',
    (row) => {
      for (const model of rowsOf(row))
        expect(counted(model, [row.width, row.height], row.detail).range).not.toContain(row.tokens);
    },
  );

  it('gives a range with both sources where they contradict, and books its upper end', () => {
    const count = counted(getModel('gpt-5.4-mini'), [1024, 768], 'high');
    expect(count).toMatchObject({ tokens: 922, range: [922, 1245], admission: 1245 });
    expect(count.sources.map(({ tokens }) => tokens)).toEqual([922, 1245]);
    expect(count.sources.every(({ source }) => source.length > 0)).toBe(true);
  });

  it('refuses more than 30,000 patches, with both numbers', () => {
    expect(countImageTokens(getModel('gpt-6-astra'), { width: 8192, height: 8192 }, 'original')).toEqual({
      kind: 'refused',
      patches: 65_536,
      limitPatches: 30_000,
      detail: 'The image has 65,536 patches for gpt-6-astra@2026-09-03; the service refuses more than 30,000.',
    });
  });

  it('says so when no source knows how a model counts', () => {
    const size = { width: 100, height: 100 };
    expect(countImageTokens(getModel('gpt-chat-latest'), size, 'high').kind).toBe('unknown');
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2_147_483_648])('refuses a side of %s px', (px) => {
    expect(() => countImageTokens(seed, { width: px, height: px }, 'high')).toThrow(InvalidRequest);
    expect(() => countImageTokens(seed, { width: px, height: px }, 'high')).toThrow(/The width .*The height /);
  });

  it('names the details that a model takes when asked for another', () => {
    expect(() => countImageTokens(seed, { width: 10, height: 10 }, 'original')).toThrow(
      'gpt-4@vision-preview does not take detail "original"; it takes low, high.',
    );
  });

  it('counts sides of 2^31 - 1', () => {
    expect(counted(seed, [2_147_483_647, 2_147_483_647], 'high').tokens).toBe(765);
    expect(counted(getModel('gpt-5.5'), [2_147_483_647, 1], 'original').tokens).toBe(226);
  });

  it('makes low dearer than high where the guide does', () => {
    const model = getModel('gpt-5.4');
    expect(counted(model, [4000, 3000], 'low').tokens).toBe(3687);
    expect(counted(model, [4000, 3000], 'high').tokens).toBe(2942);
  });
});

describe('every rule', () => {
  const rules: readonly ImageTokenRule[] = allModels().flatMap(({ imageTokens }) => [
    ...(imageTokens.rule.kind === 'unknown' ? [] : [imageTokens.rule]),
    ...imageTokens.alternatives.map(({ rule }) => rule),
  ]);
  const side = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 2_147_483_647 }));
  const anyRule = fc.constantFrom(...rules);
  const anyDetail = fc.constantFrom<Detail>('low', 'high', 'original');

  it('never enlarges and always counts at least one token', () => {
    fc.assert(
      fc.property(anyRule, anyDetail, side, side, (rule, detail, width, height) => {
        const seen = seenImage(rule, detail, { width, height });
        if (!seen) return;
        expect(seen.width).toBeLessThanOrEqual(width);
        expect(seen.height).toBeLessThanOrEqual(height);
        expect(Math.min(seen.width, seen.height, seen.tokens)).toBeGreaterThanOrEqual(1);
        expect(Number.isSafeInteger(seen.tokens)).toBe(true);
      }),
    );
  });

  it('counts an image and the same image turned by 90 degrees alike', () => {
    fc.assert(
      fc.property(anyRule, anyDetail, side, side, (rule, detail, width, height) => {
        const upright = seenImage(rule, detail, { width, height });
        expect(seenImage(rule, detail, { width: height, height: width })?.tokens).toBe(upright?.tokens);
      }),
    );
  });

  it('sees in what it has shrunk exactly the same again', () => {
    fc.assert(
      fc.property(anyRule, anyDetail, side, side, (rule, detail, width, height) => {
        const seen = seenImage(rule, detail, { width, height });
        if (seen) expect(seenImage(rule, detail, seen)).toEqual(seen);
      }),
    );
  });

  it('never counts fewer tokens for a longer side, as long as nothing is shrunk', () => {
    const small = fc.integer({ min: 1, max: 512 });
    fc.assert(
      fc.property(anyRule, anyDetail, small, small, small, (rule, detail, width, height, more) => {
        const smaller = seenImage(rule, detail, { width: Math.min(width, more), height });
        const larger = seenImage(rule, detail, { width: Math.max(width, more), height });
        expect(larger?.tokens ?? 0).toBeGreaterThanOrEqual(smaller?.tokens ?? 0);
      }),
    );
  });

  it('stays within the budget that its detail sets', () => {
    fc.assert(
      fc.property(anyRule, anyDetail, side, side, (rule, detail, width, height) => {
        const budget = rule.kind === 'tile' ? undefined : rule.byDetail[detail]?.patchBudget;
        if (budget) expect(seenImage(rule, detail, { width, height })?.patches).toBeLessThanOrEqual(budget);
      }),
    );
  });

  it('makes low no dearer than high on tile models, and never over 8 tiles', () => {
    const tileRules = rules.filter((rule) => rule.kind === 'tile');
    fc.assert(
      fc.property(fc.constantFrom(...tileRules), side, side, (rule, width, height) => {
        const high = seenImage(rule, 'high', { width, height });
        expect(high?.tiles).toBeLessThanOrEqual(8);
        expect(seenImage(rule, 'low', { width, height })?.tokens).toBeLessThanOrEqual(high?.tokens ?? 0);
      }),
    );
  });
});
