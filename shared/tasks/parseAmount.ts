/**
 * The number that a printed amount means, whichever of point and comma parts its thousands: undefined for what is none.
 * `parseAmount('1.234,5 €')` is 1234.5, `parseAmount('(12)')` is -12, `parseAmount('7 %')` is 7.
 */
export function parseAmount(printed: string): number | undefined {
  const unspaced = printed.replace(/[\s\p{Sc}%'’]/gu, '').replace('−', '-');
  const bare = unspaced.replace(/(?<=\d)[A-Za-z]{1,3}$/, '');
  const isNegative = /^\(.*\)$/.test(bare);
  const digits = isNegative ? bare.slice(1, -1) : bare;
  if (!/^[+-]?[\d.,]*\d$/.test(digits)) return undefined;
  const value = Number(withDecimalPoint(digits));
  if (Number.isNaN(value)) return undefined;
  return isNegative ? -value : value;
}

function withDecimalPoint(digits: string): string {
  const decimal = digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ',';
  const places = digits.split(decimal);
  const thousands = decimal === '.' ? ',' : '.';
  // "1,234" and "1,234,567" part thousands; "1,5" and "0,125" do not.
  const isThousands = places.length > 2 || (decimal === ',' && /^[+-]?[1-9]\d{0,2},\d{3}$/.test(digits));
  if (isThousands) return digits.replaceAll(decimal, '').replaceAll(thousands, '.');
  return digits.replaceAll(thousands, '').replace(decimal, '.');
}
