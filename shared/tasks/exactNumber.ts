/**
 * The number that a decimal text of JSON stands for; undefined where a double holds other digits than these, as of
 * integers above 2^53, or none. `exactNumber('0.10')` is 0.1, `exactNumber('9007199254740993')` is undefined.
 */
export function exactNumber(decimal: string): number | undefined {
  const value = Number(decimal);
  if (!Number.isFinite(value) || significantDigits(String(value)) !== significantDigits(decimal)) return undefined;
  return value === 0 ? 0 : value;
}

function significantDigits(decimal: string): string {
  const digits = decimal.replace(/e.*$/i, '').replace(/[-.]/g, '');
  return digits.replace(/^0+/, '').replace(/(?<!0)0+$/, '');
}
