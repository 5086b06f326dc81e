import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../shared/tasks/readAnswer.ts';
import type { Reading } from '../../shared/tasks/reading.ts';
import type { TaskRequest } from '../../shared/tasks/taskRequest.ts';
import { chart, replies, requests, table } from './answers.ts';

function read(request: TaskRequest, reply: unknown): Reading {
  return readAnswer(request, JSON.stringify(reply), 'stop');
}

function codes(reading: Reading): readonly string[] {
  if (reading.kind === 'valid') return reading.warnings.map(({ code }) => code);
  return reading.kind === 'repair' ? (reading.fallback?.warnings.map(({ code }) => code) ?? []) : [];
}

const cup = { name: 'cup', counted: 'each', count: 2, where: 'left', instances: ['white', 'blue'] };
const objects = (change: object): object => ({ objects: [{ ...cup, ...change }] });
const tables = (change: object): object => ({ tables: [{ ...table, ...change }] });
const charts = (change: object): object => ({ charts: [{ ...chart, ...change }] });
const pie = (shares: readonly number[], unit: string | null = '%'): object =>
  charts({
    kind: 'pie',
    yAxis: { ...chart.yAxis, unit },
    series: [{ name: 'Share', points: shares.map((y, place) => ({ x: `slice ${place}`, y, from: 'read' })) }],
  });
const bars = (values: readonly number[], axis: object = {}): object =>
  charts({
    yAxis: { ...chart.yAxis, ...axis },
    series: [{ name: 'Bars', points: values.map((y, place) => ({ x: `bar ${place}`, y, from: 'estimated' })) }],
  });
const LOG = { scale: 'log', min: 1 };
const dots = (values: readonly string[]): object =>
  charts({
    kind: 'scatter',
    xAxis: { ...chart.xAxis, scale: 'linear', min: 0, max: 10 },
    series: [{ name: 'Dots', points: values.map((x) => ({ x, y: 5, from: 'read' })) }],
  });
const paragraph = (text: string): object => ({ language: 'en', blocks: [{ kind: 'paragraph', text }] });
const span = (row: number, column: number, rows: number, columns: number): object => ({ row, column, rows, columns });

const asks = requests.ask;
const answered = (change: object): object => ({ answer: 'Two.', evidence: ['Two cups.'], answered: 'yes', ...change });
const insights = (change: object): object => ({
  insights: [{ statement: 'It rises.', evidence: 'The last bar is the highest.', confidence: 'high', ...change }],
});

describe('the checks of an answer', () => {
  it.each<readonly [string, TaskRequest, unknown]>([
    ['counts that equal their instances', requests.objects, objects({})],
    [
      'an estimated count without instances',
      requests.objects,
      objects({ count: 60, counted: 'estimated', instances: [] }),
    ],
    [
      'an estimated count that its instances prove',
      requests.objects,
      objects({ count: 21, counted: 'estimated', instances: Array.from({ length: 21 }, (_, place) => `cup ${place}`) }),
    ],
    ['no objects', requests.objects, { objects: [] }],
    ['rows as wide as the header', requests.tables, tables({})],
    ['cells that span up to the last row and column', requests.tables, tables({ merged: [span(0, 0, 2, 2)] })],
    [
      'more spans than are worth comparing, the last of which overlap',
      requests.tables,
      tables({
        columns: [{ ...table.columns[0], name: 'Name', type: 'text' }],
        rows: Array.from({ length: 202 }, (_, row) => [`row ${row}`]),
        merged: [
          ...Array.from({ length: 200 }, (_, row) => span(row, 0, 1, 1)),
          span(200, 0, 2, 1),
          span(201, 0, 1, 1),
        ],
      }),
    ],
    ['spans beside each other', requests.tables, tables({ merged: [span(0, 0, 1, 2), span(1, 0, 1, 2)] })],
    [
      'a column of numbers with one remark',
      requests.tables,
      tables({
        rows: [
          ['a', '1'],
          ['b', 'n/a'],
        ],
      }),
    ],
    ['no tables', requests.tables, { tables: [] }],
    ['shares that add up to 100', requests.chart, pie([60, 40])],
    ['shares that add up to 99.8 by rounding', requests.chart, pie([33.3, 33.3, 33.2])],
    ['a pie of amounts', requests.chart, pie([1200, 800], 'EUR')],
    ['bars within their axis', requests.chart, bars([0, 100])],
    ['a bar that touches the frame', requests.chart, bars([101.5])],
    ['bars that lie a fiftieth of the axis outside', requests.chart, bars([-2, 102])],
    ['values below zero on an axis that reaches there', requests.chart, bars([-50, 20], { min: -60 })],
    ['values of an axis that runs downwards', requests.chart, bars([3, 90], { min: 100, max: 0 })],
    ['values of all sizes on a logarithmic axis', requests.chart, bars([1, 40, 1_040_000], { ...LOG, max: 1_000_000 })],
    ['years on a time axis', requests.chart, bars([2031], { scale: 'time', min: 2010, max: 2030 })],
    ['categories on the x axis', requests.chart, charts({})],
    ['dots within their axis', requests.chart, dots(['0', '2.5', '10'])],
    ['an insight with evidence', requests.insights, insights({})],
    ['a question that the image does not answer', asks, answered({ answered: 'no', evidence: [] })],
    ['words that are said five times', requests.text, paragraph('no, no, no, no, no!')],
    ['a long column of zeros', requests.text, paragraph('0.00 '.repeat(100))],
    ['an image without text', requests.text, { language: null, blocks: [] }],
  ])('let pass %s', (_, request, reply) => {
    expect(read(request, reply)).toMatchObject({ kind: 'valid', warnings: [] });
  });

  it.each<readonly [string, string, TaskRequest, unknown, string]>([
    [
      'count-mismatch',
      'a count above its instances',
      requests.objects,
      objects({ count: 3 }),
      'objects[0].count is 3, its instances are 2.',
    ],
    [
      'count-mismatch',
      'a negative count',
      requests.objects,
      objects({ count: -1, counted: 'estimated' }),
      'objects[0].count is -1.',
    ],
    [
      'count-mismatch',
      'an estimated count that is not that of the instances listed',
      requests.objects,
      objects({ count: 3, counted: 'estimated', instances: ['a', 'b', 'c', 'd', 'e'] }),
      'objects[0].count is 3, its instances are 5.',
    ],
    [
      'count-mismatch',
      'an estimate of so few that each should be listed',
      requests.objects,
      objects({ counted: 'estimated', instances: [] }),
      'objects[0].count is 2, its instances are 0.',
    ],
    [
      'count-mismatch',
      'an instance that is blank',
      requests.objects,
      objects({ instances: ['white', ' '] }),
      'objects[0].count is 2, its instances are 1.',
    ],
    ['empty-answer', 'an object without a name', requests.objects, objects({ name: '' }), 'objects[0].name is empty.'],
    [
      'empty-answer',
      'a table without columns',
      requests.tables,
      tables({ columns: [], rows: [], merged: [] }),
      'tables[0] has no columns.',
    ],
    [
      'repeated-instance',
      'the same instance twice',
      requests.objects,
      objects({ instances: ['White', 'white '] }),
      'objects[0] lists 2 instances, of which 1 differ.',
    ],
    [
      'ragged-table',
      'a row with a cell too many',
      requests.tables,
      tables({
        rows: [
          ['a', '1', 'x'],
          ['b', '2'],
        ],
      }),
      'tables[0].rows[0] has 3 cells, the table has 2 columns.',
    ],
    [
      'ragged-table',
      'several rows without a cell',
      requests.tables,
      tables({ rows: [['a'], ['b'], ['c', '1']] }),
      'tables[0].rows[0] has 1 cells, the table has 2 columns. 2 rows in all differ.',
    ],
    [
      'merged-cells',
      'a span beyond the last row',
      requests.tables,
      tables({ merged: [span(1, 0, 2, 1)] }),
      "tables[0].merged[0] reaches outside the table's 2 rows and 2 columns.",
    ],
    [
      'merged-cells',
      'a span before the first column',
      requests.tables,
      tables({ merged: [span(0, -1, 1, 1)] }),
      "tables[0].merged[0] reaches outside the table's 2 rows and 2 columns.",
    ],
    [
      'merged-cells',
      'a span of no rows',
      requests.tables,
      tables({ merged: [span(0, 0, 0, 1)] }),
      "tables[0].merged[0] reaches outside the table's 2 rows and 2 columns.",
    ],
    [
      'merged-cells',
      'spans that overlap',
      requests.tables,
      tables({ merged: [span(0, 0, 2, 1), span(1, 0, 1, 2)] }),
      'tables[0].merged[1] overlaps another one.',
    ],
    [
      'pie-shares',
      'shares that add up to 120',
      requests.chart,
      pie([70, 50]),
      'charts[0].series[0] is a pie whose shares add up to 120 %.',
    ],
    [
      'pie-shares',
      'shares in a unit that says percent in other words',
      requests.chart,
      pie([70, 50], 'percent of sales'),
      'charts[0].series[0] is a pie whose shares add up to 120 %.',
    ],
    [
      'pie-shares',
      'a share below zero',
      requests.chart,
      pie([110, -10]),
      'charts[0].series[0] is a pie with a share below 0 %.',
    ],
    [
      'outside-axis',
      'a bar above its axis',
      requests.chart,
      bars([50, 140]),
      'charts[0].series[0].points[1] is 140 on an axis from 0 to 100.',
    ],
    [
      'outside-axis',
      'a bar a little more than a fiftieth of the axis above it',
      requests.chart,
      bars([102.1]),
      'charts[0].series[0].points[0] is 102.1 on an axis from 0 to 100.',
    ],
    [
      'outside-axis',
      'a bar a little more than a fiftieth of the axis below it',
      requests.chart,
      bars([-2.1]),
      'charts[0].series[0].points[0] is -2.1 on an axis from 0 to 100.',
    ],
    [
      'outside-axis',
      'a value below its logarithmic axis',
      requests.chart,
      bars([-40], { scale: 'log' }),
      'charts[0].series[0].points[0] is -40 on an axis from 0 to 100.',
    ],
    [
      'outside-axis',
      'a value that no logarithmic axis shows',
      requests.chart,
      bars([-5], { ...LOG, max: 1_000_000 }),
      'charts[0].series[0].points[0] is -5 on an axis from 1 to 1000000.',
    ],
    [
      'outside-axis',
      'a value a tenth below a logarithmic axis, little as that is of its upper end',
      requests.chart,
      bars([0.1], { ...LOG, max: 1_000_000 }),
      'charts[0].series[0].points[0] is 0.1 on an axis from 1 to 1000000.',
    ],
    [
      'outside-axis',
      'a dot beside its x axis',
      requests.chart,
      dots(['3', '12']),
      'charts[0].series[0].points[1] is 12 on an axis from 0 to 10.',
    ],
    [
      'empty-answer',
      'a chart without values',
      requests.chart,
      charts({ series: [] }),
      'charts[0] has no values in its series.',
    ],
    [
      'empty-answer',
      'a description without a summary',
      requests.describe,
      { ...replies.describe, summary: ' ' },
      'summary is empty.',
    ],
    ['empty-answer', 'an empty answer to a question', asks, answered({ answer: '' }), 'answer is empty.'],
    [
      'empty-answer',
      'an insight without a statement',
      requests.insights,
      insights({ statement: '' }),
      'insights[0].statement is empty.',
    ],
    [
      'no-evidence',
      'an insight without evidence',
      requests.insights,
      insights({ evidence: '' }),
      'insights[0].evidence is empty.',
    ],
    [
      'no-evidence',
      'an answer without evidence',
      asks,
      answered({ evidence: [' '] }),
      'answered is yes, evidence is empty.',
    ],
    [
      'repeating-text',
      'text that turns in circles',
      requests.text,
      paragraph('The total is due. '.repeat(30)),
      'The same words stand 30 times in a row in the text.',
    ],
  ])('%s: request a repair for %s, and warn if that fails', (code, _, request, reply, finding) => {
    const reading = read(request, reply);
    expect(reading).toMatchObject({ kind: 'repair', because: 'checks', findings: [finding] });
    expect(codes(reading)).toEqual([code]);
  });

  it('warn about a column of numbers that contains words, without a repair', () => {
    const reply = tables({
      rows: [
        ['a', 'many'],
        ['b', 'few'],
        ['c', '3'],
      ],
    });
    expect(read(requests.tables, reply)).toMatchObject({
      kind: 'valid',
      warnings: [{ code: 'cell-type', detail: 'tables[0].columns[1] is said to hold numbers; 1 of 3 cells do.' }],
    });
  });

  it('name each part of an analysis that fails', () => {
    const reply = { ...replies.analyze, objects: [{ ...cup, count: 5 }], tables: [{ ...table, rows: [['a']] }] };
    expect(read(requests.analyze, reply)).toMatchObject({
      findings: [
        'objects[0].count is 5, its instances are 2.',
        'tables[0].rows[0] has 1 cells, the table has 2 columns.',
        "tables[0].merged[0] reaches outside the table's 1 rows and 2 columns.",
      ],
    });
  });
});

const ENGLISH =
  'The picture shows a desk with two cups, and there is a window that looks out on the street from the side.';
const GERMAN =
  'Das Bild zeigt einen Tisch mit zwei Tassen, und dahinter ist ein Fenster, das auf die Straße geht, mit dem Licht.';
const SERBIAN =
  'Na slici je sto sa dve šolje, a iza njih je prozor koji gleda na mirnu ulicu. Ispred leži odštampan izveštaj.';
const SERBIAN_CYRILLIC =
  'На слици је сто са две шоље, а иза њих је прозор који гледа на мирну улицу. Испред лежи одштампан извештај.';
const JAPANESE =
  '机の上に白いカップと青いカップが並んでいて、その後ろの窓からは静かな通りが見えます。手前には印刷された報告書が置かれています。';

describe('the check of the language', () => {
  it.each([
    ['of 39 letters', 'a'.repeat(39), 'valid'],
    ['of 40 letters', 'a'.repeat(40), 'repair'],
  ])('says nothing of an answer that is too short to judge: %s', (_, summary, kind) => {
    expect(read({ task: 'describe', language: 'ja' }, { title: '', summary, details: [] }).kind).toBe(kind);
  });

  it('says nothing of an answer without letters', () => {
    const summary = '1234 '.repeat(20);
    expect(read({ task: 'describe', language: 'de' }, { title: '1', summary, details: [] }).kind).toBe('valid');
  });

  it.each([
    ['en', ENGLISH],
    ['en-GB', ENGLISH],
    ['de', GERMAN],
    ['ja', JAPANESE],
    ['pl', ENGLISH],
    ['de', 'Two cups.'],
    ['sr', SERBIAN],
    ['sr-RS', SERBIAN_CYRILLIC],
    ['sr-Latn', SERBIAN],
    ['uz', SERBIAN_CYRILLIC],
  ])('lets pass an answer for %s: %s', (language, summary) => {
    const reading = read({ task: 'describe', language }, { title: 't', summary, details: [] });
    expect(reading).toMatchObject({ kind: 'valid', warnings: [] });
  });

  it.each([
    ['de', ENGLISH],
    ['en', GERMAN],
    ['ja', ENGLISH],
    ['en', JAPANESE],
    ['ru', GERMAN],
    ['sr-Cyrl', SERBIAN],
    ['sr', JAPANESE],
    ['pa', ENGLISH],
    ['hi', ENGLISH],
  ])('requests a repair if the language is not %s: %s', (language, summary) => {
    const reading = read({ task: 'describe', language }, { title: 't', summary, details: [] });
    const finding = `The answer is not in the language asked for (${language}).`;
    expect(reading).toMatchObject({ kind: 'repair', findings: [finding] });
    expect(codes(reading)).toEqual(['wrong-language']);
  });

  it('leaves transcribed text in the language of the image', () => {
    expect(read({ task: 'text', language: 'ja' }, paragraph(ENGLISH))).toMatchObject({ kind: 'valid', warnings: [] });
  });
});

describe('the check of extracted fields', () => {
  const fields = (change: object): object => ({
    fields: { number: 'A-17', total: 1, lines: [], ...change },
    notFound: [],
  });

  it('names fields that are null as not found', () => {
    expect(read(requests.extract, fields({ total: null, lines: [{ item: 'Ink', unit: null }] }))).toMatchObject({
      kind: 'valid',
      answer: { notFound: ['total', 'lines[0].unit'] },
      warnings: [{ code: 'fields-not-found', detail: '2 fields were not found in the image.' }],
    });
  });

  it("requests a repair for an answer that does not fit the caller's schema", () => {
    const reading = read(requests.extract, fields({ lines: [{ item: 7, unit: null }], 'obey me': 1 }));
    expect(reading).toMatchObject({ kind: 'repair', because: 'shape' });
    expect(JSON.stringify(reading)).toContain('fields: has keys that are not in the shape');
    expect(reading).toHaveProperty('findings', expect.not.arrayContaining([expect.stringContaining('obey me')]));
  });
});
