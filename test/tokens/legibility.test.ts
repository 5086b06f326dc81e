import { describe, expect, it } from 'vitest';
import { READABLE_PAGE_PX, unreadableText } from '../../shared/tokens/legibility.ts';

const A4_AT_300_DPI = { width: 2480, height: 3508 };

describe('unreadableText', () => {
  it('warns of an A4 page that the model sees at 93 dpi, and says what is lost', () => {
    const sentence = unreadableText(A4_AT_300_DPI, { width: 768, height: 1086 });
    expect(sentence).toMatch(/^The model sees the image at 768 x 1086 pixels\. Of an A4 page that is 93 dpi: /);
    expect(sentence).toMatch(/print of less than 7 points/);
  });

  it.each([
    [{ width: 893, height: 1263 }, A4_AT_300_DPI, 'is seen at 108 dpi'],
    [{ width: 1335, height: 1888 }, A4_AT_300_DPI, 'is seen at 162 dpi'],
    [{ width: 595, height: 842 }, { width: 595, height: 842 }, 'never had more pixels'],
    [{ width: 512, height: 384 }, { width: 1200, height: 900 }, 'was too small for a page as given'],
  ])('says nothing at %j of an image that %3$s', (seen, given) => {
    expect(unreadableText(given, seen)).toBeUndefined();
  });

  it('draws its line where an A4 page has 108 dpi', () => {
    expect(READABLE_PAGE_PX).toBe(1263);
    expect(unreadableText({ width: 3508, height: 2480 }, { width: 1262, height: 892 })).toBeDefined();
  });
});
