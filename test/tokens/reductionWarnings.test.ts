import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { planParts } from '../../shared/tokens/parts/partsPlan.ts';
import { manyIllegible, reductionWarnings } from '../../shared/tokens/reductionWarnings.ts';

function partsOf(size: { readonly width: number; readonly height: number }, mostTokens = Number.POSITIVE_INFINITY) {
  const question = { detail: 'high', quality: 'full', sight: 'print', mostTokens } as const;
  const plan = planParts(getModel('gpt-4@vision-preview'), size, question);
  if (!plan) throw new Error('The image is not cut.');
  return { plan, tokens: plan.tokens, microUsd: plan.tokens * 10 };
}

const page = { width: 2480, height: 3508 };
const facts = {
  size: page,
  seen: { width: 768, height: 1086 },
  sight: 'print',
  whole: { tokens: 1105, microUsd: 11_050 },
  isTaken: false,
} as const;
const finer = { tokens: 1445, microUsd: 14_450, seen: { width: 900, height: 1273 }, options: '"quality": "full"' };

const SEEN =
  'The model sees the image at 768 x 1,086 pixels, 3.2 times smaller than it is: letters of less than 30 pixels have ' +
  'less than 9 there and may be read wrong or not at all. This is by the sizes alone; what stands on the image is not ' +
  'known. It is legible when it is seen at 893 x 1,263 pixels.';
const WITH_OPTIONS =
  'With "quality": "full" it is seen at 900 x 1,273: 1,445 image tokens ($0.01445) instead of 1,105 image tokens ' +
  '($0.01105).';
const IN_PARTS =
  '2 parts of 2,480 x 1,829 pixels (2 down), overlapping by 150 pixels, each sent at 1,041 x 768: 2,210 image tokens ' +
  '($0.02210) instead of 1,105 image tokens ($0.01105).';

describe('reductionWarnings', () => {
  it('are none for an image that is legible as it is sent', () => {
    expect(reductionWarnings({ ...facts, seen: { width: 893, height: 1263 } })).toEqual([]);
    expect(reductionWarnings({ ...facts, sight: 'overview' })).toEqual([]);
  });

  it.each([
    ['options, where they make it legible', { finer }, WITH_OPTIONS],
    ['options that cost as much as the parts', { finer: { ...finer, tokens: 2210 }, parts: partsOf(page) }, 'With "q'],
    ['options that cost less than the parts', { finer, parts: partsOf(page) }, WITH_OPTIONS],
    ['parts, where no options help', { parts: partsOf(page) }, `With "parts": "auto" it is sent as ${IN_PARTS}`],
    [
      'parts that cost less than the options',
      { finer: { ...finer, tokens: 2211 }, parts: partsOf(page) },
      `With "parts": "auto" it is sent as ${IN_PARTS}`,
    ],
    [
      'pieces, where nothing helps',
      {},
      'No cut that fits into one request helps: send it in pieces that are no longer than 1,086 pixels.',
    ],
  ] as const)('advise %s', (_, ways, advice) => {
    const [warning, ...others] = reductionWarnings({ ...facts, ...ways });
    expect(others).toEqual([]);
    expect(warning?.code).toBe('illegible-reduction');
    expect(warning?.detail.slice(0, SEEN.length + 1 + advice.length)).toBe(`${SEEN} ${advice}`);
  });

  it('advise where parts were asked for and the image cannot be cut', () => {
    const [warning] = reductionWarnings({ ...facts, isTaken: true });
    expect(warning?.code).toBe('illegible-reduction');
    expect(warning?.detail).toContain('send it in pieces');
  });

  it('say how an image was cut and what that costs, without money where no price is known', () => {
    const parts = partsOf(page);
    expect(reductionWarnings({ ...facts, parts, isTaken: true })).toEqual([
      {
        code: 'image-in-parts',
        detail:
          'Sent whole, the image would be seen at 768 x 1,086 pixels, too small for its print. ' +
          `It was sent as ${IN_PARTS}`,
      },
    ]);
    const free = { ...facts, parts: { ...parts, microUsd: null }, whole: { tokens: 1105, microUsd: null } };
    expect(reductionWarnings({ ...free, isTaken: true })[0]?.detail).toMatch(
      /: 2,210 image tokens instead of 1,105 image tokens\.$/,
    );
  });

  it('say that parts are still too small where one request cannot hold enough of them', () => {
    const size = { width: 1280, height: 30_000 };
    const parts = partsOf(size, 8_900);
    const warnings = reductionWarnings({ ...facts, size, seen: { width: 87, height: 2048 }, parts, isTaken: true });
    expect(warnings.map(({ code }) => code)).toEqual(['image-in-parts', 'illegible-reduction']);
    expect(warnings[1]?.detail).toMatch(
      /^The model sees the image at 409 x 2,048 pixels, 3\.1 times smaller .* so that no piece is longer than 2,048 pixels\.$/,
    );
  });
});

describe('manyIllegible', () => {
  it('counts them, and advises parts only where they were not asked for', () => {
    const totals = { requests: 1200, illegible: 3 };
    expect(manyIllegible({ ...totals, illegible: 0 }, { isInParts: false })).toBeUndefined();
    expect(manyIllegible(totals, { isInParts: false })).toBe(
      '3 of 1,200 images would be seen too small for their small print (illegible-reduction). With "parts": "auto" they ' +
        'are cut where that helps; the estimate with it says what that costs.',
    );
    expect(manyIllegible(totals, { isInParts: true })).toMatch(/cut them yourself\.$/);
  });
});
