import { describe, expect, it } from 'vitest';
import { isAlike, isAsDense, lookOf } from '../../shared/pool/imageLook.ts';

const PAGE = { format: 'png', pixels: 2_000_000, bytes: 100_000 };

describe('lookOf', () => {
  it.each([
    [{ format: 'png', pixels: 1, bytes: 1 }, 65_536],
    [{ format: 'jpeg', pixels: 2, bytes: 4 }, 2 * 65_536 + 8 * 256 + 16],
    [{ format: 'unheard-of', pixels: 0, bytes: 0 }, 0],
    [{ format: 'heic', pixels: 2 ** 40, bytes: 2 ** 40 }, 7 * 65_536 + 255 * 256 + 255],
  ])('is one small number: %o is %i', (image, look) => {
    expect(lookOf(image)).toBe(look);
  });
});

describe('isAlike', () => {
  it.each([
    ['itself', PAGE, true],
    ['a third more bytes', { ...PAGE, bytes: 133_000 }, true],
    ['a third fewer pixels', { ...PAGE, pixels: 1_450_000 }, true],
    ['half as many bytes again', { ...PAGE, bytes: 160_000 }, false],
    ['half the bytes', { ...PAGE, bytes: 50_000 }, false],
    ['twice the pixels', { ...PAGE, pixels: 4_000_000 }, false],
    ['another format', { ...PAGE, format: 'jpeg' }, false],
  ])('compares a page with %s', (_, other, alike) => {
    expect(isAlike(lookOf(PAGE), lookOf(other))).toBe(alike);
    expect(isAlike(lookOf(other), lookOf(PAGE))).toBe(alike);
  });
});

describe('isAsDense', () => {
  it.each([
    ['more bytes on as many pixels', { ...PAGE, bytes: 120_000 }, true],
    ['as many bytes on fewer pixels', { ...PAGE, pixels: 1_500_000 }, true],
    ['as many bytes within an eighth of a doubling', { ...PAGE, bytes: 95_000 }, true],
    ['fewer bytes on as many pixels', { ...PAGE, bytes: 80_000 }, false],
    ['twice of both', { ...PAGE, pixels: 4_000_000, bytes: 200_000 }, true],
  ])('finds %s as dense: %s', (_, other, dense) => {
    expect(isAsDense(lookOf(other), lookOf(PAGE))).toBe(dense);
  });
});
