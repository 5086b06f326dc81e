import { CONVENTIONS, type Convention, decimalOf } from './numberConvention.ts';

/**
 * Two marks, a zero before the mark, or four digits before it and not three behind: one slip makes none of these of a number
 * that is printed in another way.
 */
const SURE = /[.,' ٫٬]\d+[.,' ٫٬]|^0[.,٫]|^\d{4,}[.,٫](?!\d{3}$)/;
/** Against the language, only this is. */
const SURE_AGAINST_LANGUAGE = /^0[.,٫]/;
/** `2.1` and `31.12` are also numbers of sections and days of the year. */
const MAY_BE_NO_NUMBER = /^\d{1,2}\.\d{1,2}$/;
const FEWEST = 2;
/** Where no language speaks against it, one amount of another field or column is enough. */
const HUNDREDTHS = /[.,]\d\d$/;
/** East Asia also counts in groups of four: 1,2345 are 12345. A slip looks the same. */
const IN_FOURS = /^[1-9]\d{0,3}(?:,\d{4})+$/;
const HAS_COMMA_DECIMALS = /^0,|,(?:\d{1,2}|\d{5,})$/;

interface Beside {
  /** The conventions by which the text was read. */
  readonly known: readonly Convention[];
  /** The texts of the column. */
  readonly own: readonly string[];
  /** Those of the circle that decided, where the column did not. */
  readonly beside: readonly string[] | undefined;
  /** A language is known, and has another decimal mark than the reading. */
  readonly isAgainstLanguage: boolean;
}

/**
 * Whether enough stands beside a text that could be two numbers to read it as one of them: one sure text, or two of which
 * none may be a slip (`98,0` for `980`) or something else. A text that can be one number only needs none.
 */
export function isWellGrounded(body: string, { known, own, beside, isAgainstLanguage }: Beside): boolean {
  const valueIn = (one: Convention): string | undefined => decimalOf(body, one);
  const read = new Set(known.map(valueIn));
  const rivals = CONVENTIONS.filter((one) => valueIn(one) !== undefined && !read.has(valueIn(one)));
  if (rivals.length === 0) return true;
  const against = (beside ?? own).filter((text) => rivals.every((rival) => decimalOf(text, rival) === undefined));
  const sure = isAgainstLanguage ? SURE_AGAINST_LANGUAGE : SURE;
  if (against.some((text) => sure.test(text))) return true;
  const counted = against.filter((text) => {
    return SURE.test(text) || (!IN_FOURS.test(text) && (beside === undefined || !MAY_BE_NO_NUMBER.test(text)));
  });
  return (
    counted.length >= FEWEST ||
    (beside !== undefined && !isAgainstLanguage && counted.some((text) => HUNDREDTHS.test(text)))
  );
}

/** Whether a comma may part groups of four: neither the language nor a text beside it has decimals behind commas. */
export function mayBeInFours(
  body: string,
  { marks, texts }: { readonly marks: readonly Convention[]; readonly texts: readonly string[] },
): boolean {
  if (!IN_FOURS.test(body) || marks.some(({ decimal }) => decimal === ',')) return false;
  return !texts.some((text) => HAS_COMMA_DECIMALS.test(text));
}

/**
 * Whether a column prints its numbers below a thousand without decimals, and none from a thousand without groups: then the
 * mark of a text that was read as a whole number parts thousands. `980` says so beside `1,200`.
 */
export function partsOnlyThousands(found: string, own: readonly string[]): boolean {
  if (/[.e]/.test(found)) return false;
  const plain = own.filter((body) => /^\d+$/.test(body));
  return plain.some(({ length }) => length === 3) && plain.every(({ length }) => length <= 3);
}
