import { describe, expect, it } from 'vitest';
import {
  isIllegible,
  legibleSize,
  mostReduction,
  reductionOf,
  reductionSentence,
} from '../../shared/tokens/legibility.ts';

const A4_AT_300_DPI = { width: 2480, height: 3508 };
const LONG_SCREENSHOT = { width: 1080, height: 12_000 };
const PANORAMA = { width: 16_000, height: 200 };
const PHOTO = { width: 4000, height: 3000 };

describe('mostReduction', () => {
  it.each([
    [A4_AT_300_DPI, 2.78, 'a scan, until 6 points are 9 pixels'],
    [{ width: 1240, height: 1754 }, 1.45, 'a coarse scan'],
    [{ width: 1920, height: 1080 }, 1.45, 'a screen'],
    [LONG_SCREENSHOT, 1.7, 'a long page of a screen'],
    [{ width: 1000, height: 2500 }, 1.7, 'the shortest long page'],
    [{ width: 1000, height: 2499 }, 1.45, 'a page that is a little shorter'],
    [{ width: 20_000, height: 10 }, 1.11, 'a strip in which no letter is higher than 10 pixels'],
    [{ width: 1, height: 100_000 }, 1, 'a line of pixels'],
    [{ width: 9933, height: 14_043 }, 4, 'a sheet of any size'],
  ])('of %j is %d: %s', (size, most) => {
    expect(mostReduction(size)).toBeCloseTo(most, 2);
  });
});

describe('reductionOf', () => {
  it('says how many times smaller the longer side is', () => {
    expect(reductionOf(A4_AT_300_DPI, { width: 768, height: 1086 })).toBeCloseTo(3.23, 2);
    expect(reductionOf({ width: 50, height: 50 }, { width: 50, height: 50 })).toBe(1);
  });
});

describe('isIllegible', () => {
  it.each([
    ['a long screenshot', LONG_SCREENSHOT, { width: 184, height: 2048 }, { print: true, detail: true, overview: true }],
    ['a panorama', PANORAMA, { width: 2048, height: 26 }, { print: true, detail: true, overview: true }],
    [
      'a wide photo',
      { width: 16_000, height: 2000 },
      { width: 2048, height: 256 },
      { print: true, detail: true, overview: false },
    ],
    ['a page at 93 dpi', A4_AT_300_DPI, { width: 768, height: 1086 }, { print: true, detail: false, overview: false }],
    [
      'a page at 108 dpi',
      A4_AT_300_DPI,
      { width: 893, height: 1263 },
      { print: false, detail: false, overview: false },
    ],
    [
      'a page at detail low',
      A4_AT_300_DPI,
      { width: 362, height: 512 },
      { print: true, detail: false, overview: false },
    ],
    [
      'a screen at detail low',
      { width: 1200, height: 900 },
      { width: 512, height: 384 },
      { print: true, detail: false, overview: false },
    ],
    [
      'a screen in full',
      { width: 1920, height: 1080 },
      { width: 1365, height: 768 },
      { print: false, detail: false, overview: false },
    ],
    ['a photo', PHOTO, { width: 1024, height: 768 }, { print: true, detail: false, overview: false }],
    [
      'a small image',
      { width: 595, height: 842 },
      { width: 595, height: 842 },
      { print: false, detail: false, overview: false },
    ],
  ] as const)('of %s: %j seen at %j', (_, given, seen, expected) => {
    const found = {
      print: isIllegible(given, seen, 'print'),
      detail: isIllegible(given, seen, 'detail'),
      overview: isIllegible(given, seen, 'overview'),
    };
    expect(found).toEqual(expected);
  });
});

describe('legibleSize', () => {
  it('is the size at which small print has nine pixels', () => {
    expect(legibleSize(A4_AT_300_DPI)).toEqual({ width: 893, height: 1263 });
    expect(legibleSize(LONG_SCREENSHOT)).toEqual({ width: 636, height: 7059 });
  });
});

describe('reductionSentence', () => {
  it('says the factor and which print is lost', () => {
    expect(reductionSentence(LONG_SCREENSHOT, { width: 184, height: 2048 })).toBe(
      'The model sees the image at 184 x 2,048 pixels, 5.9 times smaller than it is: letters of less than 53 pixels have ' +
        'less than 9 there and may be read wrong or not at all.',
    );
  });
});
