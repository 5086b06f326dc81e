import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allModels, getModel, modelKey } from '../../shared/catalog/catalog.ts';
import { InvalidRequest } from '../../shared/errors.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { detailsOf } from '../../shared/tokens/seenByModel.ts';
import { type Quality, sizeToSend } from '../../shared/tokens/sizeToSend.ts';

const size = ([width, height]: readonly [number, number]) => ({ width, height });

describe('sizeToSend', () => {
  it.each([
    { of: 'a small square', model: 'gpt-4o', given: [513, 513], quality: 'full', sent: [513, 513], tokens: 765 },
    { of: 'a small square', model: 'gpt-4o', given: [513, 513], quality: 'balanced', sent: [512, 512], tokens: 255 },
    { of: 'an A4 page', model: 'gpt-4o', given: [768, 1086], quality: 'full', sent: [768, 1086], tokens: 1105 },
    { of: 'an A4 page', model: 'gpt-4o', given: [768, 1086], quality: 'balanced', sent: [724, 1024], tokens: 765 },
    { of: 'a 12 MP photo', model: 'gpt-4o', given: [4000, 3000], quality: 'full', sent: [1024, 768], tokens: 765 },
    { of: 'a 12 MP photo', model: 'gpt-4o', given: [4000, 3000], quality: 'balanced', sent: [1024, 768], tokens: 765 },
    { of: 'a 12 MP photo', model: 'gpt-5.4', given: [4000, 3000], quality: 'full', sent: [1824, 1368], tokens: 2942 },
    { of: 'an icon', model: 'gpt-4o', given: [64, 64], quality: 'economy', sent: [64, 64], tokens: 255 },
  ] as const)('$model, $quality: $of of $given goes as $sent', ({ model, given, quality, sent, tokens }) => {
    const result = sizeToSend(getModel(model), size(given), { detail: 'high', quality });
    expect(result).toMatchObject({ ...size(sent), tokens });
  });

  it('says how many tokens were saved', () => {
    const question = { detail: 'high', quality: 'balanced' } as const;
    expect(sizeToSend(getModel('gpt-4o'), size([513, 513]), question).savedTokens).toBe(510);
  });

  it('goes down to the floor of economy, and not below', () => {
    const photo = size([4000, 3000]);
    const at = (floorPx: number) =>
      sizeToSend(getModel('gpt-4o'), photo, { detail: 'high', quality: 'economy', floorPx });
    expect(at(768)).toMatchObject({ width: 1024, height: 768, tokens: 765 });
    expect(at(600)).toMatchObject({ width: 683, height: 512, tokens: 425 });
    expect(at(512)).toMatchObject({ width: 512, height: 384, tokens: 255 });
  });

  it('takes 768 px as the floor where a task states none', () => {
    const sent = sizeToSend(getModel('gpt-6-luna'), size([4000, 3000]), { detail: 'high', quality: 'economy' });
    expect(sent).toMatchObject({ width: 768, height: 576, tokens: 519 });
  });

  it('sends 512 px at detail low, for a tile model sees no more', () => {
    const sent = sizeToSend(getModel('gpt-4o'), size([4000, 3000]), { detail: 'low', quality: 'full' });
    expect(sent).toMatchObject({ width: 512, height: 384, tokens: 85 });
  });

  it('shrinks what the service would refuse to the largest size that it takes', () => {
    const model = getModel('gpt-6-astra');
    const sent = sizeToSend(model, size([8192, 8192]), { detail: 'original', quality: 'full' });
    expect(sent).toEqual({ width: 5536, height: 5536, tokens: 35_915, savedTokens: 0 });
    expect(countImageTokens(model, sent, 'original')).toMatchObject({ kind: 'counted', patches: 29_929 });
  });

  it('keeps every pixel that any of two contradicting sources would look at', () => {
    const sent = sizeToSend(getModel('gpt-4.1-nano'), size([4000, 3000]), { detail: 'high', quality: 'full' });
    expect(sent).toMatchObject({ width: 2048, height: 1536, savedTokens: 0 });
  });

  it('sends an image as it is to a model with an unknown token rule', () => {
    const sent = sizeToSend(getModel('gpt-chat-latest'), size([9000, 9000]), { detail: 'high', quality: 'economy' });
    expect(sent).toEqual({ width: 9000, height: 9000, tokens: 0, savedTokens: 0 });
  });

  it('refuses what is no size', () => {
    expect(() => sizeToSend(getModel('gpt-4o'), size([0, 5]), { detail: 'high', quality: 'full' })).toThrow(
      InvalidRequest,
    );
  });
});

describe('every size to send', () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 2200 }), fc.integer({ min: 1, max: 2_147_483_647 }));
  const countable = allModels().flatMap((model) =>
    detailsOf(model).map((detail) => [modelKey(model), detail] as const),
  );
  const anyWay = fc.constantFrom(...countable);
  const qualities: readonly Quality[] = ['full', 'balanced', 'economy'];

  it('is no larger, no dearer, and costs what it says; the cheaper quality never costs more', () => {
    fc.assert(
      fc.property(anyWay, side, side, ([key, detail], width, height) => {
        const model = getModel(key);
        const given = countImageTokens(model, { width, height }, detail);
        const sizes = qualities.map((quality) => sizeToSend(model, { width, height }, { detail, quality }));
        for (const sent of sizes) {
          expect(sent.width).toBeLessThanOrEqual(width);
          expect(sent.height).toBeLessThanOrEqual(height);
          expect(countImageTokens(model, sent, detail)).toMatchObject({ kind: 'counted', tokens: sent.tokens });
          expect(sent.savedTokens).toBe(given.kind === 'counted' ? given.tokens - sent.tokens : 0);
          expect(sent.savedTokens).toBeGreaterThanOrEqual(0);
        }
        const tokens = sizes.map((sent) => sent.tokens);
        expect(tokens).toEqual(tokens.toSorted((a, b) => b - a));
      }),
      { numRuns: 500 },
    );
  });

  it('loses no token at full: the model sees all that it would have seen', () => {
    fc.assert(
      fc.property(anyWay, side, side, ([key, detail], width, height) => {
        const model = getModel(key);
        const given = countImageTokens(model, { width, height }, detail);
        const sent = sizeToSend(model, { width, height }, { detail, quality: 'full' });
        if (given.kind === 'counted') expect(sent.tokens).toBe(given.tokens);
      }),
      { numRuns: 500 },
    );
  });

  it('shrinks at balanced by at most 10 % of what full sends, and only for a fifth of the tokens', () => {
    fc.assert(
      fc.property(anyWay, side, side, ([key, detail], width, height) => {
        const model = getModel(key);
        const full = sizeToSend(model, { width, height }, { detail, quality: 'full' });
        const balanced = sizeToSend(model, { width, height }, { detail, quality: 'balanced' });
        expect(balanced.width).toBeGreaterThanOrEqual(Math.round(full.width * 0.9));
        expect(balanced.height).toBeGreaterThanOrEqual(Math.round(full.height * 0.9));
        if (balanced.width !== full.width) expect(balanced.tokens).toBeLessThanOrEqual(full.tokens * 0.8);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the proportions to within two pixels', () => {
    fc.assert(
      fc.property(
        anyWay,
        fc.integer({ min: 64, max: 9000 }),
        fc.integer({ min: 64, max: 9000 }),
        ([key, detail], width, height) => {
          for (const quality of qualities) {
            const sent = sizeToSend(getModel(key), { width, height }, { detail, quality });
            const scale = width > height ? sent.width / width : sent.height / height;
            expect(Math.abs(sent.width - width * scale)).toBeLessThanOrEqual(2);
            expect(Math.abs(sent.height - height * scale)).toBeLessThanOrEqual(2);
          }
        },
      ),
    );
  });
});
