import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedPages, parsePageRanges, selectPages } from '../../shared/documents/pageRanges.ts';

describe('parsePageRanges', () => {
  it.each([
    ['7', [{ first: 7, last: 7 }]],
    [
      '1-20,35',
      [
        { first: 1, last: 20 },
        { first: 35, last: 35 },
      ],
    ],
    [
      ' 1 - 3 , 5',
      [
        { first: 1, last: 3 },
        { first: 5, last: 5 },
      ],
    ],
    ['20-', [{ first: 20 }]],
  ])('reads %s', (text, ranges) => {
    expect(parsePageRanges(text)).toEqual(ranges);
  });

  it.each(['', '0', '0-3', '5-3', '-3', 'one', '1,,2', '1;2', '1-2-3', '1.5'])(
    'refuses "%s" and says what is right',
    (text) => {
      expect(() => parsePageRanges(text)).toThrow(
        `pages is "${text}": must be page numbers from 1 on and ranges of them, such as 1-20,35 or 3-.`,
      );
    },
  );
});

describe('selectPages', () => {
  it.each([
    [undefined, 3, [1, 2, 3]],
    ['2', 3, [2]],
    ['3,1-2,2', 3, [1, 2, 3]],
    ['2-', 4, [2, 3, 4]],
    ['3-10', 4, [3, 4]],
    ['9', 4, []],
  ])('selects %s of a document of %i pages', (text, pages, selected) => {
    expect(selectPages(text === undefined ? undefined : parsePageRanges(text), pages)).toEqual(selected);
    expect(namedPages(text, pages)).toEqual(selected);
  });

  it('gives each page once, in order, and none that the document does not have', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), fc.integer({ min: 0, max: 50 }), (ranges, pages) => {
        const text = ranges.map(([first, more]) => `${first}-${first + more}`).join(',');
        const selected = selectPages(parsePageRanges(text), pages);
        expect(selected).toEqual([...new Set(selected)].sort((one, other) => one - other));
        for (const page of selected) expect(page).toBeLessThanOrEqual(pages);
      }),
    );
  });
});
