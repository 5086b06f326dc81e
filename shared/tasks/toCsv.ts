/** Signed numbers, percentages and amounts, and the lone dash that tables print for "nothing". */
const SIGNED_AMOUNT = /^[+-][\d.,\s%\p{Sc}]*$/u;
/** Some spreadsheets take the wide letters of East Asian typing for the narrow ones. */
const FORMULA_START = /^[=@\t\r\n+\-＝＠＋－]/;

/**
 * Rows as CSV after RFC 4180, lines ending in CRLF. A cell that a spreadsheet would run as a formula gets a leading
 * apostrophe (OWASP, CSV Injection): text of an image is nobody's formula. Numbers stay as they are.
 *
 * `toCsv([['a', 'b"c'], ['-5', '=1+1']])` is `'a,"b""c"\r\n-5,\'=1+1\r\n'`.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  const safe = FORMULA_START.test(text) && !SIGNED_AMOUNT.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
