import { oncePer } from '../../concurrency/once.ts';
import { exactNumber } from '../schema/jsonValue.ts';
import {
  CONVENTIONS,
  type Convention,
  conventionsOf,
  conventionsOfLanguage,
  decimalOf,
  isReadable,
} from './numberConvention.ts';
import { isWellGrounded, mayBeInFours, partsOnlyThousands } from './numberEvidence.ts';
import { takeColumnApart } from './printedColumn.ts';
import type { PrintedNumber } from './printedNumber.ts';

/** What of a printed text is known as a number. */
export type NumberReading =
  /** It could have been read in two ways where it was read by its `language`, or by `few` numbers beside it. */
  | { readonly kind: 'value'; readonly value: number; readonly by: 'values' | 'few' | 'language' }
  | { readonly kind: 'none' }
  /** Digits, but no plain number, or one with more digits than a number of JSON holds. */
  | { readonly kind: 'unread' }
  /** Two numbers could be meant, and nothing decides which. */
  | { readonly kind: 'ambiguous' };

/** What is known beside the texts. */
export interface Around {
  /** Texts printed beside these, the nearest circle first, each of which holds them too. */
  readonly circles?: readonly (readonly string[])[];
  /** BCP 47 tag of the image's text, or of the answer. */
  readonly language?: string;
  /** Whether a value may stand there; by it is chosen where a text could be two numbers. */
  readonly isPossible?: (value: number) => boolean;
}

/**
 * The numbers of a column, a series or a document: one way of printing must fit all of its texts. `1.234` is read only
 * where the texts beside it show what its full stop means. Where they do not, wider circles are asked (the table, then
 * the document), and at last the language; where the texts contradict each other, only those without any mark are read.
 *
 * `readNumbers(['1.234', '1.234.567'])` gives 1234 and 1234567, `readNumbers(['1.234'])` gives `ambiguous`.
 */
export function readNumbers(
  texts: readonly string[],
  { circles = [], language, isPossible }: Around = {},
): readonly NumberReading[] {
  const printed = takeColumnApart(texts);
  const own = bodiesOf(printed);
  let known = conventionsOf(own);
  let beside: readonly string[] | undefined;
  for (const circle of circles) {
    if (printed.every((one) => valuesOf(one, known).size < 2)) break;
    const { conventions, bodies } = readCircle(circle);
    const narrower = known.filter((one) => conventions.includes(one));
    if (narrower.length === 0) break;
    if (narrower.length < known.length) beside = bodies;
    known = narrower;
  }
  const marks = conventionsOfLanguage(language);
  const spoken = known.filter((one) =>
    marks.some(({ decimal, group }) => one.decimal === decimal && one.group === group),
  );
  return printed.map((one) => readingOf(one, { known, spoken, marks, own, beside, isPossible }));
}

/** Null where the text has none. */
export function numberOf(reading: NumberReading | undefined): number | null {
  return reading?.kind === 'value' ? reading.value : null;
}

interface Grounds {
  readonly known: readonly Convention[];
  /** Those of them that are the language's. */
  readonly spoken: readonly Convention[];
  /** All of the language's. */
  readonly marks: readonly Convention[];
  /** The texts of the column. */
  readonly own: readonly string[];
  /** Those of the circle that decided, where the column did not. */
  readonly beside: readonly string[] | undefined;
  readonly isPossible: Around['isPossible'];
}

function readingOf(printed: PrintedNumber, { known, spoken, marks, own, beside, isPossible }: Grounds): NumberReading {
  if (printed.kind === 'none') return printed;
  if (printed.kind === 'other') return { kind: 'unread' };
  if (printed.kind === 'fraction') return { kind: 'value', value: printed.value, by: 'values' };
  const { body } = printed;
  if (!isReadable(body)) return { kind: 'unread' };
  if (mayBeInFours(body, { marks, texts: beside ?? own })) return { kind: 'ambiguous' };
  // Of texts that contradict each other, a plain row of digits is the same in all ways.
  const all = known.length === 0 && /^\d+$/.test(body) ? CONVENTIONS : known;
  const values = [...valuesOf(printed, all)];
  const possible = values.filter((decimal) => isPossible?.(Number(decimal)) ?? true);
  if (values.length > 1 && possible.length === 1) return readAs(possible[0], 'values');
  const [first, ...others] = values;
  const [only, ...more] = valuesOf(printed, spoken);
  const isDecided = others.length === 0;
  const found = isDecided ? first : more.length === 0 ? only : undefined;
  if (found === undefined) return { kind: 'ambiguous' };
  if (!isDecided) return readAs(found, partsOnlyThousands(found, own) ? 'values' : 'language');
  const sameMark = all.filter(({ decimal }) => marks.some((one) => one.decimal === decimal));
  const isSpoken = valuesOf(printed, sameMark).has(found);
  const isAgainstLanguage = marks.length > 0 && !isSpoken;
  const isGrounded = isSpoken || isWellGrounded(body, { known: all, own, beside, isAgainstLanguage });
  return readAs(found, isGrounded ? 'values' : 'few');
}

function readAs(decimal: string | undefined, by: 'values' | 'few' | 'language'): NumberReading {
  const value = exactNumber(decimal ?? '');
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
const readCircle = oncePer((texts: readonly string[]) => {
  const bodies = bodiesOf(takeColumnApart(texts));
  return { bodies, conventions: conventionsOf(bodies) };
});

function bodiesOf(printed: readonly PrintedNumber[]): readonly string[] {
  return printed.flatMap((one) => (one.kind === 'number' ? [one.body] : []));
}

/**
 * The number that a printed text means by itself: undefined where it is none, or may be two. Of several texts that stand
 * together, `readNumbers` knows more.
 *
 * `parseAmount('1.234,5 €')` is 1234.5, `parseAmount('(12)')` is -12, `parseAmount('1.234')` is undefined.
 */
export function parseAmount(printed: string): number | undefined {
  const [reading] = readNumbers([printed]);
  return reading?.kind === 'value' ? reading.value : undefined;
}
