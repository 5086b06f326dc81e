import { formatCount } from '../../errors.ts';
import type { Warning } from '../reading.ts';

/** So many words may differ without a word about it: ligatures, hyphens and page numbers are read in more than one way. */
const FEW_WORDS = 3;
const FEW_PART = 0.02;

/**
 * Compares what a model read of a page with the text that the page declares: how many words of each the other does not have,
 * in any order. Undefined where they agree, and for a page without text, which says nothing.
 *
 * @example textLayerFinding('Total due 480 EUR today', 'Total due') // { code: 'text-layer', detail: '… 3 of its 5 words …' }
 */
export function textLayerFinding(declared: string, read: string): Warning | undefined {
  const layer = wordsOf(declared);
  if (layer.length === 0) return undefined;
  const answer = wordsOf(read);
  const missing = lackingIn(answer, layer);
  const invented = lackingIn(layer, answer);
  const isMissing = missing > Math.max(FEW_WORDS - 1, layer.length * FEW_PART);
  const isInvented = invented > Math.max(FEW_WORDS - 1, layer.length * FEW_PART);
  if (!isMissing && !isInvented) return undefined;
  const told = [
    ...(isMissing ? [`${formatCount(missing)} of its ${formatCount(layer.length)} words are not in the answer`] : []),
    ...(isInvented ? [`${formatCount(invented)} words of the answer are not in it`] : []),
  ];
  const detail = `The page declares its text: ${told.join(', and ')}. Text in its pictures is not declared.`;
  return { code: 'text-layer', detail };
}

/** Words in small letters; of Chinese and Japanese each character, because nothing stands between their words. */
function wordsOf(text: string): readonly string[] {
  const joined = text
    .normalize('NFKC')
    // A hyphen at the end of a line joins two halves; PDFium gives it as U+FFFE.
    .replaceAll(/(?:[\u00ad\u2010-]|\ufffe)\s*\r?\n\s*|\ufffe/gu, '')
    .toLowerCase();
  return joined.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** How many words of the one list the other does not have, each as often as it stands there. */
function lackingIn(there: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of there) left.set(word, (left.get(word) ?? 0) + 1);
  let lacking = 0;
  for (const word of wanted) {
    const count = left.get(word) ?? 0;
    if (count === 0) lacking += 1;
    else left.set(word, count - 1);
  }
  return lacking;
}
