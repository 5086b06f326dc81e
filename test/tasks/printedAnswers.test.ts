import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../shared/tasks/readAnswer.ts';
import type { CheckedAnswer } from '../../shared/tasks/reading.ts';
import { renderMarkdown } from '../../shared/tasks/rendering/renderMarkdown.ts';
import type { TaskRequest } from '../../shared/tasks/taskRequest.ts';
import { chart, replies, table } from './answers.ts';

function valid(request: TaskRequest, reply: unknown): CheckedAnswer {
  const reading = readAnswer(request, typeof reply === 'string' ? reply : JSON.stringify(reply), 'stop');
  if (reading.kind !== 'valid') throw new Error(JSON.stringify(reading));
  return reading;
}

type Sent = string | number | null;

function series(values: readonly Sent[], from: 'read' | 'estimated' = 'read'): object {
  return { name: 'Sales', points: values.map((y, place) => ({ x: `bar ${place}`, y, from })) };
}
const axis = { label: null, unit: 'EUR', scale: 'linear', min: null, max: null };
function charts(all: readonly object[], change: object = {}): object {
  return { charts: [{ ...chart, yAxis: axis, series: all, ...change }] };
}
function valuesOf({ answer }: CheckedAnswer): readonly (readonly (number | null)[])[] {
  const [first] = answer.charts as [{ series: readonly { points: readonly { y: number | null }[] }[] }];
  return first.series.map(({ points }) => points.map(({ y }) => y));
}
const codes = ({ warnings }: CheckedAnswer): readonly string[] => warnings.map(({ code }) => code);

describe('the numbers of a chart', () => {
  it.each<readonly [string, readonly Sent[], readonly (number | null)[], readonly string[]]>([
    ['points that part thousands', ['1.234', '12.500', '1.234.567'], [1234, 12500, 1234567], []],
    ['signs behind and dashes before', ['50.00-', '–5,00', '−7'], [null, null, -7], ['ambiguous-number']],
    ['a sign behind', ['50.00-', '1,234.00'], [-50, 1234], []],
    ['Arabic digits', ['١٬٢٣٤', '٥٦'], [1234, 56], []],
    ['what may be two', ['1.234', '5'], [null, 5], ['ambiguous-number']],
    ['abbreviations', ['1.5k', '900'], [null, 900], ['unread-number']],
    ['a dash and words for none', ['—', 'n/a', '3'], [null, null, 3], []],
    ['numbers of JSON', [1.234, 12.5, 1234567], [1.234, 12.5, 1234567], []],
    ['a number of JSON beside text without separators', [1.234, '7'], [1.234, 7], []],
    ['a number of JSON that is a copy of what is printed', [1.234, '1.234.567'], [1234, 1234567], []],
    ['a number of JSON that contradicts what is printed', [12.5, '1.234.567'], [null, null], ['ambiguous-number']],
  ])('reads a series of %s', (_, sent, values, warnings) => {
    const read = valid({ task: 'chart' }, charts([series(sent)]));
    expect(valuesOf(read)).toEqual([values]);
    expect(codes(read)).toEqual(warnings);
  });

  it('keeps each text as printed beside its value, in the answer, the table and the CSV', () => {
    const read = valid({ task: 'chart' }, charts([series(['1.234', '1.234.567 €', '1.5k'])]));
    expect(read.answer).toMatchObject({
      charts: [
        { series: [{ points: [{ printed: '1.234' }, { printed: '1.234.567 €' }, { y: null, printed: '1.5k' }] }] },
      ],
    });
    expect(renderMarkdown({ task: 'chart' }, read.answer)).toContain('| bar 1 | 1.234.567 € |');
    const lines = 'Sales,bar 0,1234,read,1.234\r\nSales,bar 1,1234567,read,1.234.567 €\r\nSales,bar 2,,read,1.5k\r\n';
    expect(read.answer).toMatchObject({ charts: [{ csv: expect.stringContaining(lines) }] });
  });

  it('uses the other series, then the axis, then the language, and warns where only the language decided', () => {
    const beside = valid({ task: 'chart' }, charts([series(['1.234']), series(['1.234,5'])]));
    expect([valuesOf(beside), codes(beside)]).toEqual([[[1234], [1234.5]], []]);
    const onAxis = valid(
      { task: 'chart' },
      charts([series(['1.234'])], { yAxis: { ...axis, min: '0,5', max: '2.000' } }),
    );
    expect([valuesOf(onAxis), codes(onAxis)]).toEqual([[[1234]], []]);
    expect(onAxis.answer).toMatchObject({
      charts: [{ yAxis: { min: 0.5, max: 2000, minPrinted: '0,5', maxPrinted: '2.000' } }],
    });
    for (const read of [
      valid({ task: 'chart', language: 'de' }, charts([series(['1.234', '7'])])),
      valid({ task: 'chart', language: 'en' }, { ...charts([series(['1.234', '7'])]), language: 'de' }),
    ]) {
      expect(valuesOf(read)).toEqual([[1234, 7]]);
      expect(read.warnings).toEqual([
        {
          code: 'assumed-number',
          detail:
            'charts[0].series[0]: 1 of 2 printed numbers can be read in two ways and got the value that the language "de" gives.',
        },
      ]);
    }
  });

  it('reads estimates as numbers of JSON, but one that may be two as the printed ones beside it', () => {
    const points = [
      { x: 'a', y: '1.234,5', from: 'read' },
      { x: 'b', y: '1200.5', from: 'estimated' },
      { x: 'c', y: '1.200', from: 'estimated' },
      { x: 'd', y: ' 1200.5 ', from: 'estimated' },
      { x: 'e', y: ' 1.200 ', from: 'estimated' },
    ];
    const read = valid({ task: 'chart' }, charts([{ name: 'Sales', points }]));
    expect(valuesOf(read)).toEqual([[1234.5, 1200.5, 1200, 1200.5, 1200]]);
    expect(codes(valid({ task: 'chart' }, charts([series(['1.200'], 'estimated')])))).toEqual(['ambiguous-number']);
  });

  it.each<readonly [string, Sent, Sent, string, number | null, readonly string[]]>([
    ['leaves one of two', '0', '5', '1.250', 1.25, []],
    ['leaves one of two, against the language', '0', '5', '1,250', 1.25, []],
    ['leaves both', '0', '2000', '1.250', 1250, ['assumed-number']],
    ['is told in two ways itself', '0', '2.000', '1.250', 1250, ['assumed-number']],
  ])('takes what may stand on the axis, which %s', (_, min, max, y, value, warnings) => {
    const german = { ...charts([series([y], 'estimated')], { yAxis: { ...axis, min, max } }), language: 'de' };
    const read = valid({ task: 'chart' }, german);
    expect([valuesOf(read), codes(read)]).toEqual([[[value]], warnings]);
  });

  it.each<readonly [string, object, readonly Sent[], object]>([
    ['thousands, by a bar', { min: '0', max: '2.000' }, ['1.200', '800'], { min: 0, max: 2000 }],
    ['losses, by a bar', { min: '-1.000', max: '1.000' }, ['-500', '800'], { min: -1000, max: 1000 }],
    [
      'powers',
      { min: '10⁰', max: '10^6', scale: 'log' },
      ['800', '12'],
      { min: 1, max: 1_000_000, maxPrinted: '10^6' },
    ],
  ])('reads the ends of an axis of %s, without a warning', (_, ends, values, expected) => {
    const german = { ...charts([series(values)], { yAxis: { ...axis, ...ends } }), language: 'de' };
    const read = valid({ task: 'chart' }, german);
    expect(read).toMatchObject({ answer: { charts: [{ yAxis: expected }] }, warnings: [] });
  });

  it('checks the sum of a pie with the numbers that were read', () => {
    const pie = (shares: readonly Sent[]): object =>
      charts([series(shares)], { kind: 'pie', yAxis: { ...axis, unit: '%' } });
    expect(codes(valid({ task: 'chart' }, pie(['33,5 %', '66,5 %'])))).toEqual([]);
    expect(readAnswer({ task: 'chart' }, JSON.stringify(pie(['33,5 %', '70,5 %'])), 'stop')).toMatchObject({
      kind: 'repair',
      findings: ['charts[0].series[0] is a pie whose shares add up to 104 %.'],
    });
  });

  it('holds dots against an axis whose ends are printed as they are', () => {
    const dots = (x: string): object =>
      charts([{ name: 'Dots', points: [{ x, y: 1, from: 'read' }] }], {
        kind: 'scatter',
        xAxis: { ...axis, min: '0', max: '1.500,5' },
      });
    expect(codes(valid({ task: 'chart' }, dots('1.234')))).toEqual([]);
    expect(readAnswer({ task: 'chart' }, JSON.stringify(dots('1.834')), 'stop')).toMatchObject({
      findings: ['charts[0].series[0].points[0] is 1834 on an axis from 0 to 1500.5.'],
    });
  });
});

describe('the numbers of a table', () => {
  const columns = [
    { name: 'Item', type: 'text', unit: null },
    { name: 'Amount', type: 'number', unit: null },
    { name: 'Price', type: 'number', unit: null },
  ];
  const tableOf = (rows: readonly (readonly string[])[]): object => ({
    tables: [{ ...table, columns, rows, merged: [] }],
  });

  it('stand with their column, a row each, beside the cells as printed', () => {
    const rows = [
      ['Ink', '1.234', '12,50'],
      ['Pens', '—', '3,00-'],
    ];
    const { answer, warnings } = valid({ task: 'tables' }, tableOf(rows));
    expect(answer).toMatchObject({
      tables: [{ rows, columns: [{ values: null }, { values: [1234, null] }, { values: [12.5, -3] }] }],
    });
    expect(warnings).toEqual([]);
  });

  it('have no value where they may be two, and a warning names the column and how many', () => {
    const { answer, warnings } = valid(
      { task: 'tables' },
      tableOf([
        ['Ink', '1.234', '1.5k'],
        ['Pens', '5', '7'],
      ]),
    );
    expect(answer).toMatchObject({ tables: [{ columns: [{}, { values: [null, 5] }, { values: [null, 7] }] }] });
    expect(warnings).toEqual([
      {
        code: 'ambiguous-number',
        detail:
          'tables[0].columns[1]: 1 of 2 printed numbers can be read in two ways (1.234 may be 1234 or 1.234) and got no value.',
      },
      {
        code: 'unread-number',
        detail:
          'tables[0].columns[2]: 1 of 2 printed numbers could not be read as numbers (ranges, dates, abbreviations, decimals of a whole number) and got no value.',
      },
    ]);
  });

  it('are read with all the others of the image in task analyze, and by the language of its text', () => {
    const change = { tables: [{ ...table, columns, rows: [['Ink', '1.234', '5']], merged: [] }] };
    const german = { ...replies.analyze, ...change, charts: [], text: { language: 'de', blocks: [] } };
    const beside = { ...german, charts: [{ ...chart, yAxis: axis, series: [series(['0.5'])] }] };
    const amounts = ({ answer }: CheckedAnswer): unknown => answer.tables;
    const byLanguage = valid({ task: 'analyze' }, german);
    expect(amounts(byLanguage)).toMatchObject([{ columns: [{}, { values: [1234] }, { values: [5] }] }]);
    expect(codes(byLanguage)).toEqual(['assumed-number']);
    const byChart = valid({ task: 'analyze' }, beside);
    expect(amounts(byChart)).toMatchObject([{ columns: [{}, { values: [1.234] }, { values: [5] }] }]);
    expect(codes(byChart)).toEqual([]);
  });
});

describe('the numbers of extract', () => {
  const line = {
    type: 'object',
    properties: { price: { type: 'number' }, pieces: { type: ['integer', 'null'] } },
    required: ['price', 'pieces'],
    additionalProperties: false,
  };
  const schema = {
    type: 'object',
    properties: { id: { type: 'string' }, total: { type: ['number', 'null'] }, lines: { type: 'array', items: line } },
    required: ['id', 'total', 'lines'],
    additionalProperties: false,
  };
  const request: TaskRequest = { task: 'extract', schema };
  const reply = (total: Sent, lines: readonly object[] = [], id: unknown = 'A-17'): object => ({
    fields: { id, total, lines },
    notFound: [],
  });

  it.each<readonly [string, object, object]>([
    ['1.234,56', { total: 1234.56 }, {}],
    ['(1,234.00)', { total: -1234 }, {}],
    ['1,234.50 USD', { total: 1234.5 }, {}],
    ['0', { total: 0 }, {}],
  ])('are read from %s as printed, without asking again', (total, fields) => {
    const read = valid(request, reply(total));
    expect(read).toMatchObject({ answer: { fields, notFound: [], printed: { total } }, warnings: [] });
  });

  it('are decided by the other fields', () => {
    const lines = [
      { price: '1.234', pieces: '1.000' },
      { price: '0,50', pieces: '2' },
    ];
    const read = valid(request, reply('2.234', lines));
    expect(read.answer.fields).toEqual({
      id: 'A-17',
      total: 2234,
      lines: [
        { price: 1234, pieces: 1000 },
        { price: 0.5, pieces: 2 },
      ],
    });
    expect(read.warnings).toEqual([]);
  });

  it.each<readonly [string, Sent, readonly object[], object, readonly string[], readonly string[]]>([
    ['may be two', '1.234', [], { total: null }, ['total'], ['ambiguous-number']],
    ['is no number', '1.2 M', [], { total: null }, ['total'], ['unread-number']],
    ['is words', 'about ten', [], { total: null }, ['total'], ['fields-not-found']],
    ['is not there', '', [], { total: null }, ['total'], ['fields-not-found']],
    [
      'may be two and not null',
      '5',
      [{ price: '1.234', pieces: null }],
      { total: 5, lines: [{ price: 0, pieces: null }] },
      ['lines[0].pieces', 'lines[0].price'],
      ['fields-not-found', 'ambiguous-number'],
    ],
    [
      'is no whole one',
      '5',
      [{ price: '1', pieces: '2,5' }],
      { total: 5, lines: [{ price: 1, pieces: null }] },
      ['lines[0].pieces'],
      ['unread-number'],
    ],
  ])('are named as not found where the text %s', (_, total, lines, fields, notFound, warnings) => {
    const read = valid(request, reply(total, lines));
    expect(read.answer).toMatchObject({ fields, notFound });
    expect(codes(read)).toEqual(warnings);
  });

  it.each<readonly [string, object, unknown, unknown]>([
    ['a choice of numbers', { type: 'number', enum: [7, 19] }, '19 %', 19],
    ['a choice of one', { const: 19 }, '19', 19],
    ['a choice of texts', { type: 'string', enum: ['7', '19'] }, '19', '19'],
    ['text', { type: 'string' }, '007', '007'],
    ['text or number', { anyOf: [{ type: 'number' }, { type: 'string' }] }, '1.234', '1.234'],
  ])('are as the schema has them: %s', (_, field, text, value) => {
    const ofField = { type: 'object', properties: { rate: field }, required: ['rate'], additionalProperties: false };
    const read = valid({ task: 'extract', schema: ofField }, { fields: { rate: text }, notFound: [] });
    expect(read).toMatchObject({ answer: { fields: { rate: value } }, warnings: [] });
  });

  it('have a warning where a number of JSON stands beside texts that print another way', () => {
    const read = valid(request, reply(1.5, [{ price: '12.500,00', pieces: null }]));
    expect(read.answer.fields).toMatchObject({ total: 1.5, lines: [{ price: 12500 }] });
    expect(codes(read)).toEqual(['fields-not-found', 'assumed-number']);
  });

  it('are taken as they are where the model converted all of them', () => {
    const read = valid(request, reply(1.234, [{ price: 12.5, pieces: 3 }]));
    expect(read).toMatchObject({
      answer: { fields: { total: 1.234, lines: [{ price: 12.5, pieces: 3 }] }, printed: {} },
      warnings: [],
    });
  });

  it('keep every digit if the schema wants text', () => {
    const sent = JSON.stringify(reply(1)).replace('"A-17"', '12345678901234567890');
    expect(readAnswer(request, sent, 'stop')).toMatchObject({ answer: { fields: { id: '12345678901234567890' } } });
  });

  it('with more digits than a number of JSON holds have no value', () => {
    const sent = JSON.stringify(reply(1)).replace('"total":1', '"total":12345678901234567890');
    expect(valid(request, sent)).toMatchObject({
      answer: { fields: { total: null }, printed: { total: '12345678901234567890' } },
      warnings: [{ code: 'unread-number' }],
    });
  });
});

describe('answers of earlier versions, without printed texts and values', () => {
  const series1 = [{ name: 'Sales', points: [{ x: 'a', y: 1234.5, from: 'read' }] }];
  const ends = { ...axis, min: 0, max: 2000 };
  const earlierChart = { ...chart, xAxis: ends, yAxis: ends, series: series1, markdown: '| m |', csv: 'c\r\n' };
  const earlierTable = { ...table, markdown: '| t |', csv: 't\r\n' };

  it.each<readonly [string, TaskRequest, Record<string, unknown>, string]>([
    ['chart', { task: 'chart' }, { charts: [earlierChart] }, '| m |'],
    ['tables', { task: 'tables' }, { tables: [earlierTable] }, '| t |'],
    ['extract', { task: 'extract' }, { fields: { total: 5 }, notFound: [] }, '| total | 5     |'],
  ])('of %s are still rendered', (_, request, answer, markdown) => {
    expect(renderMarkdown(request, answer)).toContain(markdown);
  });
});
