import { exactNumber } from './exactNumber.ts';
import { oncePer } from './once.ts';
import { type PrintedNumber, takeApart } from './printedNumber.ts';

/** What of a printed text is known as a number. */
export type NumberReading =
  /** `language`: it could have been read in two ways, and was read as that language prints numbers. */
  | { readonly kind: 'value'; readonly value: number; readonly by: 'values' | 'language' }
  | { readonly kind: 'none' }
  /** Digits, but no plain number, or one with more digits than a number of JSON holds. */
  | { readonly kind: 'unread' }
  /** Two numbers could be meant, and nothing tells which. */
  | { readonly kind: 'ambiguous' };

/** Which mark stands before the decimals, and which one parts the thousands. */
interface Convention {
  readonly decimal: string;
  readonly group: string;
}

const CONVENTIONS: readonly Convention[] = ['.', ',', '٫'].flatMap((decimal) =>
  ['.', ',', "'", ' ', '٬'].filter((group) => group !== decimal).map((group) => ({ decimal, group })),
);

/**
 * The numbers of a column, a series or a document: one way of printing must fit all of its texts. `1.234` is read only
 * where the texts beside it tell what its full stop means. Where they do not, wider circles are asked (the table, then
 * the document), and at last the language; where the texts contradict each other, only those without any mark are read.
 *
 * `readNumbers(['1.234', '1.234.567'])` gives 1234 and 1234567, `readNumbers(['1.234'])` gives `ambiguous`.
 *
 * @param circles texts printed beside these, the nearest circle first, each of which holds them too
 * @param language BCP 47 tag of the image's text, or of the answer
 */
export function readNumbers(
  texts: readonly string[],
  { circles = [], language }: { readonly circles?: readonly (readonly string[])[]; readonly language?: string } = {},
): readonly NumberReading[] {
  const printed = texts.map(takeApart);
  let known = CONVENTIONS.filter(fitsAll(printed));
  for (const circle of circles) {
    if (printed.every((one) => valuesOf(one, known).size < 2)) break;
    const narrower = known.filter((convention) => conventionsOfCircle(circle).includes(convention));
    if (narrower.length === 0) break;
    known = narrower;
  }
  const { decimal, group } = conventionOf(language) ?? {};
  const spoken = known.filter((convention) => convention.decimal === decimal && convention.group === group);
  return printed.map((one) => readingOf(one, { known, spoken }));
}

/** Null where the text has none. */
export function numberOf(reading: NumberReading | undefined): number | null {
  return reading?.kind === 'value' ? reading.value : null;
}

function readingOf(
  printed: PrintedNumber,
  { known, spoken }: { readonly known: readonly Convention[]; readonly spoken: readonly Convention[] },
): NumberReading {
  if (printed.kind === 'none') return printed;
  if (printed.kind === 'other') return { kind: 'unread' };
  if (printed.kind === 'fraction') return { kind: 'value', value: printed.value, by: 'values' };
  if (CONVENTIONS.every((convention) => decimalOf(printed.body, convention) === undefined)) return { kind: 'unread' };
  // Of texts that contradict each other, a plain row of digits is the same in all ways.
  const all = known.length === 0 && /^\d+$/.test(printed.body) ? CONVENTIONS : known;
  const [first, ...others] = valuesOf(printed, all);
  const [only] = valuesOf(printed, spoken);
  const by = others.length === 0 ? 'values' : 'language';
  const found = others.length === 0 ? first : only;
  if (found === undefined) return { kind: 'ambiguous' };
  const value = exactNumber(found);
  return value === undefined ? { kind: 'unread' } : { kind: 'value', value, by };
}

/** The different numbers, as decimal texts, that a printed one is under some conventions. */
function valuesOf(printed: PrintedNumber, conventions: readonly Convention[]): ReadonlySet<string> {
  if (printed.kind !== 'number') return new Set();
  const { body, isNegative, exponent } = printed;
  const found = conventions.flatMap((convention) => decimalOf(body, convention) ?? []);
  return new Set(found.map((decimal) => `${isNegative ? '-' : ''}${decimal}${exponent === 0 ? '' : `e${exponent}`}`));
}

/** A circle is that of many columns. */
const conventionsOfCircle = oncePer((texts: readonly string[]) => CONVENTIONS.filter(fitsAll(texts.map(takeApart))));

function fitsAll(texts: readonly PrintedNumber[]): (convention: Convention) => boolean {
  // What fits no convention at all says nothing about any.
  const bodies = texts.flatMap((text) =>
    text.kind === 'number' && CONVENTIONS.some((one) => decimalOf(text.body, one) !== undefined) ? [text.body] : [],
  );
  return (convention) => bodies.every((body) => decimalOf(body, convention) !== undefined);
}

/** `1.234,5` as `1234.5`; undefined where the groups are not of three digits (or two in India), or a zero leads. */
function decimalOf(body: string, { decimal, group }: Convention): string | undefined {
  const [whole = '', places, ...more] = body.split(decimal);
  if (more.length > 0 || (places !== undefined && !/^\d+$/.test(places))) return undefined;
  const groups = whole.split(group);
  const [first = '', ...others] = groups;
  if (!groups.every((digits, place) => (place === 0 && groups.length === 1) || /^\d+$/.test(digits))) return undefined;
  if (!/^(?:0|[1-9]\d*|)$/.test(first) || (others.length > 0 && /^0?$/.test(first))) return undefined;
  const isWestern = first.length <= 3 && others.every(({ length }) => length === 3);
  const isIndian =
    group === ',' &&
    first.length <= 2 &&
    others.every(({ length }, place) => length === (place === others.length - 1 ? 3 : 2));
  if (others.length > 0 && !isWestern && !isIndian) return undefined;
  return `${groups.join('') || '0'}${places === undefined ? '' : `.${places}`}`;
}

/** How a language prints numbers (Unicode CLDR, by `Intl`); undefined for what is no language. */
function conventionOf(language: string | undefined): Convention | undefined {
  if (language === undefined) return undefined;
  try {
    // Of a language that it does not know, `Intl` gives the marks of the machine's own.
    if (Intl.NumberFormat.supportedLocalesOf(language).length === 0) return undefined;
    const parts = new Intl.NumberFormat(language).formatToParts(-1_234_567.8);
    const markOf = (wanted: string): string => parts.find(({ type }) => type === wanted)?.value ?? '';
    const group = markOf('group').replace(/\s/, ' ').replace('’', "'");
    return { decimal: markOf('decimal'), group };
  } catch {
    return undefined;
  }
}
