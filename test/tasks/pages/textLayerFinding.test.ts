import { describe, expect, it } from 'vitest';
import { textLayerFinding } from '../../../shared/tasks/pages/textLayerFinding.ts';

const LONG = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ');

describe('textLayerFinding', () => {
  it.each([
    ['the same words', 'Total due 480 EUR', 'Total due 480 EUR'],
    ['another order, other case and spaces', 'Total due\n480 EUR', '480  eur TOTAL DUE'],
    [
      'a word that a hyphen divides at the end of a line',
      'the inter-\nest of nine per\ufffecent',
      'the interest of nine percent',
    ],
    ['ligatures', 'the \ufb01nal o\ufb03ce', 'the final office'],
    ['one or two words', 'Page 3 Total due 480 EUR', 'Total due 480 EUR'],
    ['few words of a long page', LONG, LONG.replaceAll(/word1[0-3] /g, '')],
    ['no words that are declared', '', 'What a scan shows'],
    ['spaces between Chinese characters', '\u5408 \u8ba1 480', '\u5408\u8ba1 480'],
  ])('finds nothing for %s', (_, declared, read) => {
    expect(textLayerFinding(declared, read)).toBeUndefined();
  });

  it('counts the words that were not read', () => {
    expect(textLayerFinding('Total due 480 EUR today', 'Total due')).toEqual({
      code: 'text-layer',
      detail:
        'The page declares its text: 3 of its 5 words are not in the answer. Text in its pictures is not declared.',
    });
  });

  it('counts the words that were invented, each as often as it stands there', () => {
    const read = 'Total due 480 EUR EUR EUR EUR';
    expect(textLayerFinding('Total due 480 EUR', read)?.detail).toContain('3 words of the answer are not in it');
  });

  it('quotes no word of the page', () => {
    expect(textLayerFinding('secret agreement of the council', 'nothing like it')?.detail).not.toMatch(
      /secret|council/,
    );
  });
});
