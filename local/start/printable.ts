/** A name or an answer as one line that steers no terminal: `printable('a\nb')` is `'a�b'`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '\ufffd');
}
