import { describe, expect, it } from 'vitest';
import { readNumbers } from '../../../shared/tasks/numbers/readNumbers.ts';

/** A value, or the kind of what has none. */
function read(texts: readonly string[], around?: Parameters<typeof readNumbers>[1]): readonly (number | string)[] {
  return readNumbers(texts, around).map((reading) => (reading.kind === 'value' ? reading.value : reading.kind));
}

describe('readNumbers of one text', () => {
  it.each<readonly [string, number]>([
    ['50.00-', -50],
    ['50,00−', -50],
    ['–5,00', -5],
    ['− 7', -7],
    ['(1,234.00)', -1234],
    ['($5.00)', -5],
    ['$(5.00)', -5],
    ['$-5.00', -5],
    ['-$5.00', -5],
    ['+5', 5],
    ['-0', 0],
    ['5.–', 5],
    ['5,- €', 5],
    ['CHF 5.--', 5],
    ['7 %', 7],
    ['%50', 50],
    ['2,5‰', 2.5],
    ['EUR 1.234,56', 1234.56],
    ['1 234,56 €', 1234.56],
    ["CHF 1'234.50", 1234.5],
    ['CHF 1’234.50', 1234.5],
    ['Rs. 1,23,456.00', 123456],
    ['R$ 5,00', 5],
    ['US$5.00 USD', 5],
    ['100 zł', 100],
    ['1\u202f234\u202f567', 1234567],
    ['1\u2009234', 1234],
    ['1\u00a0234,5', 1234.5],
    ['1.2e6', 1_200_000],
    ['1.2E+06', 1_200_000],
    ['1.2×10^6', 1_200_000],
    ['1,2 · 10⁻³', 0.0012],
    ['½', 0.5],
    ['3½', 3.5],
    ['3 ½', 3.5],
    ['-3¼', -3.25],
    ['١٬٢٣٤٫٥٦', 1234.56],
    ['۱٬۲۳۴٫۵', 1234.5],
    ['؜-١٢٫٥', -12.5],
    ['१,२३,४५६.७८', 123456.78],
    ['１，２３４．５０', 1234.5],
    ['1,234.5¹', 1234.5],
    ['12⁽³⁾', 12],
    ['5*', 5],
    ['5 †', 5],
    ['80 km', 80],
    ['21 ℃', 21],
    ['1234.567', 1234.567],
    ['0.125', 0.125],
    ['9007199254740991', 9007199254740991],
    ['0.10', 0.1],
  ])('%s means %s', (text, value) => {
    expect(read([text])).toEqual([value]);
  });

  it.each(['1.234', '1,234', '-12.500', '999,999 €', '1.234-', '¥1,000', '1.234e3'])('%s may be two', (text) => {
    expect(read([text])).toEqual(['ambiguous']);
  });

  it.each([
    ...[
      '2024-05-01',
      '12.05.2024',
      '1/2/2024',
      '10:30',
      '3:4',
      '1/2',
      '5–7',
      '5-7',
      '5 - 7',
      '1.2.3',
      '192.168.100.200',
    ],
    ...['007', '0049', '00.5', '+49 555 123 456', '(555) 123-4567', '1234 AB', 'Q1', 'A-17', '12 12'],
    ...['~5', '≈5', '<0.1', '>100', '≤3', '65+', 'ca. 5', '1.5k', '1,5 Mio', '2.3M', '1.2bn', '$5mm', '5 m', '3万'],
    ...['50.00 CR', '50.00 DR', '5 S', '5 H', '(-5)', '-5-', '--5', '5 % €', 'TOP 10', '1 O00', 'l,234', '1_000'],
    ...['1٢', '①', '10⁶', '2³', '1234,567,890', '12,34,56', '1.23.456', "1''234", '1  234', '31⁄2'],
    ...[
      '12345678901234567890',
      '9007199254740993',
      '0.1234567890123456789',
      '1e400',
      '1e-400',
      `1${' '.repeat(80)}`.padEnd(99, '2'),
    ],
  ])('%s is no plain number', (text) => {
    expect(read([text])).toEqual(['unread']);
  });

  it.each(['', ' ', '-', '—', '–', '…', 'n/a', 'total', '*'])('%j holds none', (text) => {
    expect(read([text])).toEqual(['none']);
  });
});

describe('readNumbers of texts that stand together', () => {
  it.each<readonly [string, readonly string[], readonly (number | string)[]]>([
    ['one that has two groups', ['1.234', '12.500', '1.234.567'], [1234, 12500, 1234567]],
    ['one that has decimals', ['1,234', '5,678.90'], [1234, 5678.9]],
    ['one that has few decimals', ['1,234', '0,5'], [1.234, 0.5]],
    ['one whose groups would be too long', ['1,234', '1234,5'], [1.234, 1234.5]],
    ['one that has spaces between its groups', ['1,234', '5 678'], [1.234, 5678]],
    ['one in Arabic digits', ['١٬٢٣٤', '١٫٥'], [1234, 1.5]],
    ['whole amounts of money', ['1.234', '5,–'], [1234, 5]],
  ])('is decided for all by %s', (_, texts, values) => {
    expect(read(texts)).toEqual(values);
  });

  it('gives none but plain digits where they contradict each other', () => {
    expect(read(['1,234.56', '1.234,56', '12', '1,5', 'n/a'])).toEqual([
      'ambiguous',
      'ambiguous',
      12,
      'ambiguous',
      'none',
    ]);
  });

  it('uses a wider context only for undecided numbers', () => {
    const table = ['1.234', '7', '1,5'];
    expect(read(['1.234', '7'], { circles: [table] })).toEqual([1234, 7]);
    expect(
      read(['1.234', '7'], {
        circles: [
          ['1.234', '7'],
          [...table, '2'],
        ],
      }),
    ).toEqual([1234, 7]);
    expect(read(['1.234', '0.5'], { circles: [table] })).toEqual([1.234, 0.5]);
    expect(read(['1.234'], { circles: [[...table, '1.5']] })).toEqual(['ambiguous']);
  });

  it.each<readonly [string, string, string, number | 'ambiguous']>([
    ['German', 'de', '1.234', 1234],
    ['Swiss German', 'de-CH', '1.234', 1.234],
    ['English', 'en', '1,234', 1234],
    ['Brazilian Portuguese', 'pt-BR', '1.234', 1234],
    ['Mexican Spanish', 'es-MX', '1,234', 1234],
    ['French, which parts thousands with spaces', 'fr', '1.234', 'ambiguous'],
    ['French', 'fr', '1,234', 1.234],
    ['no language that is known', 'und', '1,234', 'ambiguous'],
    ['no tag at all', 'English!', '1,234', 'ambiguous'],
    ['English in Spain, which prints numbers as Spain and amounts as England', 'en-ES', '1,234', 'ambiguous'],
  ])('uses the language last: %s', (_, language, text, value) => {
    expect(read([text], { language })).toEqual([value]);
  });

  it('reports which values the language decided', () => {
    expect(readNumbers(['1.234', '5'], { language: 'de' })).toEqual([
      { kind: 'value', value: 1234, by: 'language' },
      { kind: 'value', value: 5, by: 'values' },
    ]);
  });
});

const LOCALES = [
  ...[
    'en',
    'en-IN',
    'en-ZA',
    'de',
    'de-AT',
    'de-CH',
    'fr',
    'fr-CH',
    'it-CH',
    'es',
    'es-MX',
    'pt-BR',
    'pt-PT',
    'nl',
    'da',
  ],
  ...['sv', 'nb', 'fi', 'et', 'lt', 'lv', 'pl', 'cs', 'hu', 'ro', 'bg', 'el', 'sl', 'hr', 'eu', 'ca', 'ru', 'uk', 'ka'],
  ...[
    'tr',
    'az',
    'kk',
    'ar',
    'ar-EG',
    'fa',
    'ur',
    'he',
    'ckb',
    'ps',
    'hi-IN',
    'hi-u-nu-deva',
    'mr',
    'ne',
    'bn',
    'my',
    'km',
  ],
  ...[
    'th-u-nu-thai',
    'ta-u-nu-taml',
    'ja',
    'zh',
    'zh-u-nu-hanidec',
    'ko',
    'vi',
    'id',
    'en-u-nu-fullwide',
    'pt-CV',
    'gsw',
  ],
];
const STYLES: readonly Intl.NumberFormatOptions[] = [
  {},
  { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  { maximumFractionDigits: 0 },
  { minimumFractionDigits: 3 },
  { useGrouping: false },
  { notation: 'scientific' },
  { style: 'percent', maximumFractionDigits: 1 },
  { style: 'unit', unit: 'kilometer' },
  ...['EUR', 'USD', 'JPY', 'CHF', 'INR', 'KWD'].map((currency) => ({ style: 'currency' as const, currency })),
  { style: 'currency', currency: 'USD', currencySign: 'accounting' },
];

/** The same random numbers in every run (Numerical Recipes, 3rd edition, section 7.1.4). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a format prints of a number, in ASCII: its rounding and its percent are kept. */
function printedValue(value: number, style: Intl.NumberFormatOptions): number {
  const parts = new Intl.NumberFormat('en', { ...style, useGrouping: false }).formatToParts(value);
  const digits = parts.map(({ type, value: part }) => {
    if (type === 'exponentSeparator') return 'e';
    return ['integer', 'decimal', 'fraction', 'exponentMinusSign', 'exponentInteger'].includes(type) ? part : '';
  });
  const isNegative = parts.some(({ type, value: part }) => type === 'minusSign' || part.includes('('));
  return (isNegative ? -1 : 1) * Number(digits.join('')) || 0;
}

describe('readNumbers of what Intl prints', () => {
  it.each(LOCALES)('gives in %s the number that is printed, or none, but never another one', (locale) => {
    const random = randomFrom(20_261_201);
    let read = 0;
    let total = 0;
    for (let run = 0; run < 10; run += 1) {
      for (const style of STYLES) {
        const format = new Intl.NumberFormat(locale, style);
        const numbers = Array.from(
          { length: 3 + Math.floor(random() * 4) },
          () => (random() - 0.4) * 10 ** Math.floor(random() * 8),
        );
        const texts = numbers.map((value) => format.format(value));
        for (const language of [undefined, locale]) {
          const readings = readNumbers(texts, language === undefined ? {} : { language });
          for (const [place, reading] of readings.entries()) {
            total += 1;
            if (reading.kind !== 'value') continue;
            read += 1;
            expect([texts, reading.value]).toEqual([texts, printedValue(numbers[place] ?? 0, style)]);
          }
        }
      }
    }
    // Digits of Han are words of these languages too, and Cape Verde prints its decimals behind a currency's sign.
    expect(read / total).toBeGreaterThan({ 'zh-u-nu-hanidec': -1, 'pt-CV': 0.5 }[locale] ?? 0.75);
  });
});
