import { type PrintedNumber, takeApart } from './printedNumber.ts';

const UNREAD: PrintedNumber = { kind: 'other' };

/**
 * Texts that stand together, taken apart. Their neighbours show that a mark is no sign: `18-` beside `5–7` or `65+`
 * is open at its end; `(0.02)` below each value is its error, and `(1)`, `(2)`, `(3)` count. `1.`, `2.`, `3.` are
 * whole numbers of a list.
 */
export function takeColumnApart(texts: readonly string[]): readonly PrintedNumber[] {
  const hasRanges = texts.some((text) => RANGE.test(text));
  const hasAsides = areAsides(texts);
  const areOrdinals = texts.every((text) => text.trim() === '' || ORDINAL.test(text));
  if (areOrdinals) return texts.map((text) => takeApart(text.replace('.', '')));
  return texts.map((text) => {
    if (hasRanges && OPEN_END.test(text)) return UNREAD;
    return hasAsides && isEnclosed(text) ? UNREAD : takeApart(text);
  });
}

const RANGE = /^\s*\d[\d.,]*\s*(?:[-‐-―]\s*\d[\d.,]*|\+)\s*$/u;
const OPEN_END = /^\s*\d+\s*[-‐-―]\s*$/u;
const ORDINAL = /^\s*\d{1,3}\.\s*$/;
/** Below three values it may as well be a loss after each gain. */
const FEWEST_PAIRS = 3;

function areAsides(texts: readonly string[]): boolean {
  const filled = texts.filter((text) => text.trim() !== '');
  const enclosed = filled.filter(isEnclosed);
  if (enclosed.length < 2) return false;
  if (enclosed.every((text, place) => text.replace(/[\s()]/g, '') === String(place + 1))) return true;
  const isEverySecond =
    filled.length >= 2 * FEWEST_PAIRS && filled.every((text, place) => isEnclosed(text) === (place % 2 === 1));
  // Stars mark how sure an estimate is.
  const hasStars = filled.some((text) => /\d\s*\*{2,3}\s*$/.test(text));
  return isEverySecond || hasStars;
}

function isEnclosed(text: string): boolean {
  return /^\s*\(.*\)\s*$/.test(text);
}
