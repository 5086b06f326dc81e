import { readNumbers } from './readNumbers.ts';

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
