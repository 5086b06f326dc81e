import { describe, expect, it } from 'vitest';
import { languageTag } from '../../../shared/tasks/numbers/languageTag.ts';
import { readNumbers } from '../../../shared/tasks/numbers/readNumbers.ts';
import { readAnswer } from '../../../shared/tasks/readAnswer.ts';
import { table } from '../answers.ts';

type Value = number | null;

/** What is read of a table whose columns are all of numbers. */
function readTable(language: string | null, columns: readonly (readonly string[])[]) {
  const rows = (columns[0] ?? []).map((_, row) => columns.map((cells) => cells[row] ?? ''));
  const numeric = columns.map((_, place) => ({ name: `column ${place}`, type: 'number', unit: null }));
  const reply = { tables: [{ ...table, columns: numeric, rows, merged: [], notes: [] }], language };
  const reading = readAnswer({ task: 'tables' }, JSON.stringify(reply), 'stop');
  if (reading.kind !== 'valid') throw new Error(JSON.stringify(reading));
  const [read] = reading.answer.tables as [{ columns: readonly { values: readonly Value[] }[] }];
  return { values: read.columns.map(({ values }) => values), warnings: reading.warnings };
}

describe('columns of ordinary papers', () => {
  it.each<readonly [string, string | null, readonly (readonly string[])[], readonly (readonly Value[])[]]>([
    [
      'a German invoice',
      'de',
      [
        ['1.', '2.', '3.'],
        ['1.200', '12', '3'],
        ['12,50 €', '1.234,-', '0,99 €'],
      ],
      [
        [1, 2, 3],
        [1200, 12, 3],
        [12.5, 1234, 0.99],
      ],
    ],
    ['a German list of pieces', 'de', [['1.200', '3.400', '980']], [[1200, 3400, 980]]],
    ['an English list of pieces', 'en', [['1,200', '3,400', '980']], [[1200, 3400, 980]]],
    ['a Swiss statement', 'de', [["1'234.50", '-200.00', '12.–']], [[1234.5, -200, 12]]],
    ['a Swedish price list', 'sv', [['12 000:-', '99:-', '5 kr']], [[12000, 99, 5]]],
    ['an Indian bill', 'en-IN', [['₹1,23,456.00', 'Rs. 5,000/-']], [[123456, 5000]]],
    ['a statement with signs behind', 'de', [['1.234,50+', '200,00-']], [[1234.5, -200]]],
    ['groups parted in two ways', 'pl', [['1 234,50 zł', '1.000,00', '12,00']], [[1234.5, 1000, 12]]],
    ['exchange rates', 'de', [['1,0845', '0,9123']], [[1.0845, 0.9123]]],
    ['exchange rates without small ones', 'fr', [['1,0845', '1,1205']], [[1.0845, 1.1205]]],
    ['an Austrian list', 'de-AT', [['1.200', '3.400', '980']], [[1200, 3400, 980]]],
    ['losses after gains', 'en', [['100.00', '(40.00)', '10.00', '(5.00)']], [[100, -40, 10, -5]]],
  ])('%s: read without a warning', (_, language, columns, values) => {
    expect(readTable(language, columns)).toEqual({ values, warnings: [] });
  });

  it('reports once for all columns what the language decided', () => {
    const read = readTable('en', [
      ['1,200', '3,400'],
      ['5,600', '7'],
    ]);
    expect(read.values).toEqual([
      [1200, 3400],
      [5600, 7],
    ]);
    expect(read.warnings).toEqual([
      {
        code: 'assumed-number',
        detail:
          'tables[0].columns[0], tables[0].columns[1]: 3 of 4 printed numbers can be read in two ways and got the value that the language "en" gives.',
      },
    ]);
  });

  it('says once that a column is none of numbers', () => {
    const { warnings } = readTable('de', [['1.234,50 S', '200,00 H', '12,00 S']]);
    expect(warnings).toEqual([
      { code: 'cell-type', detail: 'tables[0].columns[0] is said to hold numbers; 0 of 3 cells do.' },
    ]);
  });
});

describe('a number that few others decide', () => {
  const FEW = 'can be read in two ways and got the value that only a few numbers beside them suggest.';

  it.each<readonly [string, string | null, readonly (readonly string[])[], readonly (readonly Value[])[], string]>([
    ['one cell with a slip', 'en', [['1,200', '3,400', '98,0']], [[1.2, 3.4, 98]], '2 of 3'],
    ['one cell with a slip and no language', null, [['1.200', '3.400', '98.0']], [[1.2, 3.4, 98]], '2 of 3'],
    [
      'numbers of sections',
      'de',
      [
        ['1.1', '1.2', '2.1'],
        ['1.200', '3.400', '5'],
      ],
      [
        [1.1, 1.2, 2.1],
        [1.2, 3.4, 5],
      ],
      '2 of 3',
    ],
    ['a slip in a wide number', 'en', [['1,2345', '1,200', '2']], [[null, 1.2, 2]], '1 of 3'],
  ])('has a warning: %s', (_, language, columns, values, count) => {
    const read = readTable(language, columns);
    expect(read.values).toEqual(values);
    expect(read.warnings).toContainEqual({
      code: 'assumed-number',
      detail: expect.stringContaining(`${count} printed numbers ${FEW}`),
    });
  });

  it.each<readonly [string, string | null, readonly string[], readonly Value[]]>([
    ['the language agrees', 'de', ['1.200', '98,0'], [1200, 98]],
    ['one is sure', 'en', ['1.250', '0.5'], [1.25, 0.5]],
    ['one is sure against the language', 'de', ['1.250', '0.5'], [1.25, 0.5]],
    ['one has two groups', null, ['1.250', '1.234.567'], [1250, 1234567]],
    ['two say so', 'en', ['1.200', '98,00', '12,50'], [1200, 98, 12.5]],
  ])('has none where %s', (_, language, column, values) => {
    expect(readTable(language, [column])).toEqual({ values: [values], warnings: [] });
  });
});

/** One letter lost, doubled, put in, or taken for another one, as by a model that reads a small print. */
function withSlip(text: string, random: () => number): string {
  const letters = [...text];
  const at = Math.floor(random() * letters.length);
  const letter = letters[at] ?? '';
  const other = [',', '.', ' ', "'"][Math.floor(random() * 4)] ?? '';
  const slips = [[], [letter, letter], [other, letter], [/\d/.test(letter) ? 'O' : other]];
  letters.splice(at, 1, ...(slips[Math.floor(random() * slips.length)] ?? []));
  return letters.join('');
}

describe('a column with a slip in one cell', () => {
  it.each(['en', 'de', 'fr', 'de-CH', 'es', 'pl', 'en-IN', 'ja', 'pt-BR', 'sv'])(
    'gives in %s the other numbers as printed, or with a warning',
    (language) => {
      const random = seeded(20_261_202);
      const wrong: string[] = [];
      for (let run = 0; run < 1000; run += 1) {
        const places = [0, 0, 2, 3, 1][run % 5] ?? 0;
        const format = new Intl.NumberFormat(language, {
          minimumFractionDigits: places,
          maximumFractionDigits: places,
        });
        const count = 2 + Math.floor(random() * 5);
        const numbers = Array.from({ length: count }, () => random() * 10 ** (1 + Math.floor(random() * 6)));
        const slip = Math.floor(random() * count);
        const texts = numbers.map((value, place) => {
          const text = format.format(value);
          return place === slip ? withSlip(text, random) : text;
        });
        for (const [place, reading] of readNumbers(texts, { language }).entries()) {
          const isSure = reading.kind === 'value' && reading.by === 'values';
          const value = Number((numbers[place] ?? 0).toFixed(places));
          if (place !== slip && isSure && reading.value !== value) wrong.push(texts.join(' | '));
        }
      }
      // "0.572" in a column of thousands is taken at its word.
      expect(wrong.filter((texts) => !/(?:^| )0[.,]/.test(texts))).toEqual([]);
      expect(wrong.length).toBeLessThanOrEqual(2);
    },
  );
});

/** The same random numbers in every run (Numerical Recipes, 3rd edition, section 7.1.4). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('marks that are no signs beside others', () => {
  it.each<readonly [string, readonly string[], readonly Value[]]>([
    ['an open end beside ranges', ['18-', '5–7', '30', '40', '50'], [null, null, 30, 40, 50]],
    ['an open end beside another', ['18-', '65+', '30', '40', '50'], [null, null, 30, 40, 50]],
    ['counts', ['(1)', '(2)', '(3)'], [null, null, null]],
    ['errors below values', ['0.52', '(0.02)', '1.3', '(0.1)', '2.5', '(0.3)'], [0.52, null, 1.3, null, 2.5, null]],
    ['errors below values with stars', ['0.52***', '(0.02)', '1.3*', '(0.1)'], [0.52, null, 1.3, null]],
    ['groups of four', ['1,2345', '12,3456'], [null, null]],
  ])('%s', (_, column, values) => {
    const read = readTable('en', [column]);
    expect(read.values).toEqual([values]);
    expect(read.warnings).toHaveLength(1);
  });
});

describe('languageTag', () => {
  it.each<readonly [string | null, string | undefined]>([
    ['de', 'de'],
    ['de_DE', 'de-DE'],
    ['deu', 'de'],
    ['German', 'de'],
    ['Deutsch', 'de'],
    ['日本語', 'ja'],
    ['German (de-AT)', 'de-AT'],
    ['en, fr', 'en'],
    ['Chinese (Simplified)', 'zh'],
    ['no text', undefined],
    ['it is English', undefined],
    ['und', undefined],
    ['unknown', undefined],
    ['none', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %j is %j', (said, tag) => {
    expect(languageTag(said)).toBe(tag);
  });
});
