import { InvalidRequest, shortened } from '../errors.ts';

/** Pages from one to another, both counted from 1 and both meant; `last` absent: to the end. */
interface PageRange {
  readonly first: number;
  readonly last?: number;
}

const RANGE = /^(\d{1,6})(?:(-)(\d{1,6})?)?$/;

/**
 * Pages as people write them: numbers and ranges with commas between, `20-` for all from there on.
 *
 * @example parsePageRanges('1-20, 35') // [{ first: 1, last: 20 }, { first: 35, last: 35 }]
 * @throws {InvalidRequest}
 */
export function parsePageRanges(text: string): readonly PageRange[] {
  return text.split(',').map((piece) => {
    const [, from, dash, to] = RANGE.exec(piece.replaceAll(/\s/g, '')) ?? [];
    const first = Number(from);
    const last = dash === undefined ? first : to === undefined ? undefined : Number(to);
    if (from === undefined || first < 1 || (last !== undefined && last < first)) throw notPages(text);
    return last === undefined ? { first } : { first, last };
  });
}

function notPages(text: string): InvalidRequest {
  const message = `pages is "${shortened(text)}": must be page numbers from 1 on and ranges of them, such as 1-20,35 or 3-.`;
  return new InvalidRequest([{ path: 'pages', message }]);
}

/**
 * The pages that a text names, of a document with so many; without a text all.
 *
 * @example namedPages('4-,1', 5) // [1, 4, 5]
 * @throws {InvalidRequest}
 */
export function namedPages(text: string | undefined, pages: number): readonly number[] {
  return selectPages(text === undefined ? undefined : parsePageRanges(text), pages);
}

/**
 * The pages of a document that are meant, counted from 1, each once and in the document's order; those that it does not have
 * are left out. Without ranges all are meant.
 *
 * @example selectPages([{ first: 4 }, { first: 1, last: 1 }], 5) // [1, 4, 5]
 */
export function selectPages(ranges: readonly PageRange[] | undefined, pages: number): readonly number[] {
  const all = Array.from({ length: pages }, (_, index) => index + 1);
  if (!ranges) return all;
  return all.filter((page) => ranges.some(({ first, last = pages }) => page >= first && page <= last));
}
