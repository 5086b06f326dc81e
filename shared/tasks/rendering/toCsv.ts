/**
 * A number with its signs and marks, a unit or a currency behind it (`-5,00 EUR`), and the lone dash that tables print for
 * "nothing": no letters that could name a function or a cell, no second sign that could be an operator.
 */
const SIGNED_AMOUNT =
  /^ *[+-][\d.,'’ \u00a0\u2009\u202f%‰\p{Sc}]*(?:(?<=\d)[eE][+-]?\d+|(?<=\d)[ \u00a0\u202f][\p{L}°]{1,4})? *$/u;

/** Spreadsheets trim white space, control and zero-width characters, and some take quotes off. */
const TRIMMED = /^[\s\p{Cc}\p{Cf}\p{Z}'"’‘“”`´＇＂]*/u;

/** Some take the wide and small letters of East Asian typing for the narrow ones. */
const FORMULA = /^[=+\-@＝＋－＠﹦﹢﹣﹫]/;

/**
 * Where the semicolon parts cells, quotes after a comma are none: what follows a semicolon or a line break within a cell
 * begins one. A sign without a call or a reference behind it is rather an item of a list.
 */
const INNER_FORMULA =
  /(?<=[;\t\r\n])(?=(?:(?![\t\r\n])[\s\p{Cc}\p{Cf}\p{Z}"'’‘“”`´＇＂])*(?:[=@＝＠﹦﹫]|[+\-＋－﹢﹣][^;\t\r\n]*(?:[|!]|[\p{L}\d]\()))/gu;

/** OWASP and ASVS 5.0 (1.2.10) name these too, whatever follows. */
const CONTROL_START = /^[\t\r\n\0]/;

/**
 * Rows as CSV after RFC 4180, lines ending in CRLF. A cell that a spreadsheet would run as a formula gets a leading
 * apostrophe (OWASP, CSV Injection), also where it begins behind a semicolon, tab or line break within the cell: text of an
 * image is never a formula. Numbers stay as they are. Apart from that a reader gets back the same cells: one that begins
 * with an apostrophe of its own and then a formula gets a second one.
 *
 * `toCsv([['a', 'b"c'], ['-5', '=1+1']])` is `'a,"b""c"\r\n-5,\'=1+1\r\n'`.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** What makes Excel read a CSV file as UTF-8: written once, before the first row. */
export const CSV_BOM = '\ufeff';

function csvCell(text: string): string {
  const inner = text.replace(INNER_FORMULA, "'");
  const safe = isFormula(text) ? `'${inner}` : inner;
  // The semicolon parts cells where the comma is the decimal mark.
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isFormula(text: string): boolean {
  if (CONTROL_START.test(text)) return true;
  return FORMULA.test(text.replace(TRIMMED, '')) && !SIGNED_AMOUNT.test(text);
}
