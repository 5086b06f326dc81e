import { NUMBER_MARKS } from './numberMarks.ts';

/** The content of a cell, before it is decided which of its marks separates thousands and which one decimals. */
export type PrintedNumber =
  /** Nothing, a dash, words. */
  | { readonly kind: 'none' }
  /** Digits that are no plain number: a date, a range, `<0.1`, `1.5k`, `007`. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'number';
      /** Digits with their separators, of which spaces are U+0020 and apostrophes U+0027: `1 234,5`. */
      readonly body: string;
      readonly isNegative: boolean;
      /** Of a power of ten. */
      readonly exponent: number;
    }
  | { readonly kind: 'fraction'; readonly value: number };

const NONE: PrintedNumber = { kind: 'none' };
const OTHER: PrintedNumber = { kind: 'other' };

/** The longest number with its marks; a longer text is a sentence. */
const MAX_CHARACTERS = 64;

/**
 * One printed text, taken apart: sign, currency, percent, a known unit, footnote marks and exponent are set aside. Marks
 * that change the size (`k`, `Mio`), the side (`CR`, `H`) or the meaning (`<`, `~`, a range) make it none: they mean
 * different amounts in different languages and ledgers.
 *
 * `takeApart('(1.234,50) €')` is `{ kind: 'number', body: '1.234,50', isNegative: true, exponent: 0 }`.
 */
export function takeApart(printed: string): PrintedNumber {
  if (!/[\p{Nd}\p{No}]/u.test(printed)) return NONE;
  if (printed.length > MAX_CHARACTERS) return OTHER;
  const text = inAsciiDigits(withoutFootnote(withExponent(withFractions(withoutFormat(printed)))));
  if (text === undefined) return OTHER;
  const peeled = peel(text);
  if (peeled === undefined) return OTHER;
  const { rest, isNegative } = peeled;
  const fraction = /^(?:(\d{1,9}) )?(\d{1,3})⁄(\d{1,3})$/.exec(rest);
  if (fraction !== null) return fractionOf(fraction, isNegative);
  const parts = /^([\d.,' ٫٬]*\d)(?:[eE]([+-]?\d{1,3}))?$/.exec(rest);
  if (parts === null) return OTHER;
  const [, body = '', exponent = '0'] = parts;
  return isAddress(body) ? OTHER : { kind: 'number', body, isNegative, exponent: Number(exponent) };
}

/** Marks of direction and joiners are invisible; a look-alike of an apostrophe is one. */
function withoutFormat(text: string): string {
  return text.replace(/\p{Cf}/gu, '').replace(/['’‘ʼ′`´＇]/g, "'");
}

/** `3½` is `3 1⁄2`: compatibility decomposition alone would make 31⁄2 of it. */
function withFractions(text: string): string {
  return text.replace(/\s?(\p{No})/gu, (found, letter: string) => {
    const plain = letter.normalize('NFKC');
    return plain.includes('⁄') ? ` ${plain}` : found;
  });
}

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `1.2×10⁶` and `1.2 x 10^6` are `1.2e6`. */
function withExponent(text: string): string {
  return text.replace(
    /\s*[×xX·⋅∙*]\s*10\s*(?:\^\s*([+\-−]?\d{1,3})|([⁺⁻]?[⁰¹²³⁴-⁹]{1,3}))\s*$/u,
    (_, typed: string | undefined, raised: string | undefined) =>
      `e${(typed ?? raised ?? '')
        .replace(/[⁻−]/u, '-')
        .replace('⁺', '+')
        .replace(/[⁰¹²³⁴-⁹]/gu, (digit) => String(SUPERSCRIPT.indexOf(digit)))}`,
  );
}

/** A raised mark behind digits points to a note; behind 2 or 10 it may as well be a power. */
function withoutFootnote(text: string): string {
  const marked = /^(.*[^\s⁰¹²³⁴-⁹ᵃ-ᶻ⁽⁾])\s*[⁰¹²³⁴-⁹ᵃ-ᶻ⁽⁾]+\s*$/u.exec(text)?.[1];
  return marked === undefined || /^(?:2|10)$/.test(marked.trim()) ? text : marked;
}

const DASH = /[\u2010-\u2015\u2212]/g;

/** In digits of one script only; undefined where digits of several, or raised and circled ones, stand beside each other. */
function inAsciiDigits(text: string): string | undefined {
  if (/\p{No}/u.test(text)) return undefined;
  const plain = text.normalize('NFKC').replace(DASH, '-').replace(/\s/g, ' ').replaceAll('،', ',').replaceAll('٪', '%');
  const zeros = new Set<number>();
  const ascii = plain.replace(/\p{Nd}/gu, (digit) => {
    const zero = zeroOf(digit.codePointAt(0) ?? 0);
    zeros.add(zero);
    return String((digit.codePointAt(0) ?? 0) - zero);
  });
  return zeros.size > 1 ? undefined : ascii;
}

/** Decimal digits of a script stand in a row, from zero up (Unicode 16.0, section 4.6). */
function zeroOf(code: number): number {
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return zero;
}

/** Takes away what stands around the digits, from outside in; undefined where it has two signs, or is of two kinds. */
function peel(text: string): { readonly rest: string; readonly isNegative: boolean } | undefined {
  if (/^\d[\d.,]*\d$/.test(text)) return { rest: text, isNegative: false };
  const signs: string[] = [];
  const kinds = new Set<string>();
  let rest = text.trim();
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest
      .replace(/^(\(?)[*†‡§]+\s*|\s*[*†‡§]+$/g, '$1')
      // "5.–" and "5,--", "5:-" and "5/-" are whole amounts of money, not negative ones.
      .replace(/(\d[.,])-{1,2}$/, '$100')
      .replace(/(\d)(?::-|\/[-=])$/, '$1')
      // "200,00+" stands in statements beside "200,00-"; "65+" is open at its end.
      .replace(/^([+-])\s?(?=[^\s+-])|(?<=\d)\s?(-)$|(?<=[.,]\d\d)\s?(\+)$/, (_, ...found: readonly unknown[]) => {
        signs.push(found.slice(0, 3).find((sign) => typeof sign === 'string') ?? '');
        return '';
      })
      .replace(/^\((.*)\)$/, (_, inner: string) => {
        signs.push('-');
        return inner;
      });
    for (const { kind, start, end } of NUMBER_MARKS()) {
      for (const mark of [start, end]) {
        rest = rest.replace(mark, () => {
          kinds.add(kind);
          return '';
        });
      }
    }
    rest = rest.trim();
  }
  if (signs.length > 1 || kinds.size > 1) return undefined;
  // "+48 555 123 456" is a telephone's number.
  if (signs[0] === '+' && /\d \d+ \d/.test(rest)) return undefined;
  return { rest, isNegative: signs[0] === '-' };
}

function fractionOf(parts: RegExpExecArray, isNegative: boolean): PrintedNumber {
  const [whole = 0, above = 0, below = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  if (above >= below) return OTHER;
  const value = whole + above / below;
  return { kind: 'fraction', value: isNegative ? -value : value };
}

/** Four parts of up to 255 with full stops between are rather an IP address than thousands. */
function isAddress(body: string): boolean {
  const parts = body.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}
