import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../shared/tasks/readAnswer.ts';
import type { Answer } from '../../../shared/tasks/reading.ts';
import { firstLineOf, renderMarkdown, titleOf } from '../../../shared/tasks/rendering/renderMarkdown.ts';
import { TASK_NAMES, type TaskName, type TaskRequest } from '../../../shared/tasks/taskRequest.ts';
import { chart, replies, requests, table } from '../answers.ts';
import { elementsOf, gridsOf } from '../parsedMarkdown.ts';

function answerOf(request: TaskRequest, reply: unknown = replies[request.task]): Answer {
  const reading = readAnswer(request, JSON.stringify(reply), 'stop');
  if (reading.kind !== 'valid') throw new Error(`The example of ${request.task} is not valid.`);
  return reading.answer;
}

const expected: Readonly<Record<TaskName, readonly [title: string, firstLine: string]>> = {
  analyze: ['A desk', 'Two cups stand on a desk beside a printed report.'],
  describe: ['A desk', 'Two cups stand on a desk.'],
  objects: ['Objects: desk.jpg', 'cup: 2'],
  text: ['Minutes', 'Minutes We met on Monday. Everybody came. - Budget - Dates Name | Votes Ada | 3 Figure 1'],
  tables: ['Sales', 'Sales (2 columns, 2 rows)'],
  chart: ['Revenue by month', 'Revenue by month (bar chart, 1 series, 2 values)'],
  insights: ['Insights: desk.jpg', 'Revenue rises.'],
  ask: ['How many cups are there?', 'Two.'],
  extract: ['Fields: desk.jpg', 'number: A-17, total: 12.5, lines[0].item: Paper, lines[0].unit: sheet'],
};

describe('renderMarkdown', () => {
  it('sets out an analysis: summary, objects, tables, charts, insights, text', () => {
    expect(renderMarkdown({ task: 'analyze' }, answerOf({ task: 'analyze' }))).toBe(
      `Two cups stand on a desk beside a printed report.

## Objects

| Object | Count | Where       | Instances                |
| ------ | ----: | ----------- | ------------------------ |
| cup    |     2 | on the desk | left, white; right, blue |

## Sales

| Month    | Revenue (EUR) |
| -------- | ------------: |
| January  |      1,200.00 |
| February |               |

- Preliminary.
- The cell in row 1, column 2 spans 2 rows.

## Revenue by month

Bar chart; x: Month; y: Revenue, in EUR, from 0 to 100.

| Month | 2026 (EUR) |
| ----- | ---------: |
| Jan   |         40 |
| Feb   |     ≈ 55.5 |

## Insights

1. **Revenue rises.** February is above January. *(confidence: medium)*

## Text

### Minutes

We met on Monday.\\
Everybody came.

- Budget
- Dates

| Name | Votes |
| ---- | ----- |
| Ada  | 3     |

*Figure 1*`,
    );
  });

  it.each(TASK_NAMES)(
    'gives the answer of %s a body that a CommonMark parser reads, without a heading of the first level',
    (name) => {
      const markdown = renderMarkdown(requests[name], answerOf(requests[name]));
      expect(markdown).not.toMatch(/^# /m);
      expect([...elementsOf(markdown)].filter((element) => /html|link|image|code|fence/.test(element))).toEqual([]);
    },
  );

  it.each<readonly [TaskName, unknown, string]>([
    ['objects', { objects: [] }, 'No objects.'],
    ['text', { language: null, blocks: [] }, 'No text.'],
    ['tables', { tables: [] }, 'No table.'],
    ['chart', { charts: [] }, 'No chart.'],
    ['insights', { insights: [] }, 'No insights.'],
  ])('says of %s that there is nothing', (task, reply, sentence) => {
    const answer = answerOf({ task }, reply);
    expect(renderMarkdown({ task }, answer)).toBe(sentence);
    expect(firstLineOf({ task }, answer)).toBe(sentence);
  });

  it('says when the image does not answer the question', () => {
    const reply = { answer: 'The label is turned away.', evidence: [], answered: 'no' };
    expect(renderMarkdown(requests.ask, answerOf(requests.ask, reply))).toBe(
      'The label is turned away.\n\n*The image does not answer this.*',
    );
  });

  it('names the fields that were not found', () => {
    const reply = { fields: { number: 'A-17', total: null, lines: [] }, notFound: [] };
    const markdown = renderMarkdown(requests.extract, answerOf(requests.extract, reply));
    expect(gridsOf(markdown)).toEqual([
      [
        ['Field', 'Value'],
        ['number', 'A-17'],
        ['total', ''],
        ['lines', ''],
      ],
    ]);
    expect(markdown).toMatch(/\n\nNot found: total$/);
  });

  it('sets a single table or chart without a heading of its own, for its title is the page’s', () => {
    expect(renderMarkdown({ task: 'tables' }, answerOf({ task: 'tables' }))).toMatch(/^\| Month/);
    expect(renderMarkdown({ task: 'chart' }, answerOf({ task: 'chart' }))).toMatch(/^Bar chart;/);
  });

  it('says which cells span several rows or columns, and nothing of a cell that spans none', () => {
    const span = (row: number, rows: number, columns: number) => ({ row, column: 0, rows, columns });
    const two = { ...table, merged: [span(0, 1, 1), span(1, 1, 2)], notes: [] };
    const all = { ...table, merged: [span(0, 2, 2)], notes: [] };
    const shown = (one: object) => renderMarkdown({ task: 'tables' }, answerOf({ task: 'tables' }, { tables: [one] }));
    expect(shown(two).match(/^- .*$/gm)).toEqual(['- The cell in row 2, column 1 spans 2 columns.']);
    expect(shown(all).match(/^- .*$/gm)).toEqual(['- The cell in row 1, column 1 spans 2 rows and 2 columns.']);
  });

  it('heads each of several tables with its title, or with its number where it has none', () => {
    const tables = ['Sales #', null, ' '].map((title) => ({ ...table, title }));
    const markdown = renderMarkdown({ task: 'tables' }, answerOf({ task: 'tables' }, { tables }));
    expect(markdown.match(/^#.*$/gm)).toEqual(['## Sales \\#', '## Table 2', '## Table 3']);
    expect(titleOf({ task: 'tables' }, answerOf({ task: 'tables' }, { tables }), 'a.png')).toBe('Tables: a.png');
  });

  it('does not repeat below the title the heading that it is', () => {
    const blocks = [
      { kind: 'heading', text: 'Minutes' },
      { kind: 'heading', text: 'Minutes' },
      { kind: 'paragraph', text: 'We met.' },
    ];
    const answer = answerOf({ task: 'text' }, { language: 'en', blocks });
    expect(titleOf({ task: 'text' }, answer)).toBe('Minutes');
    expect(renderMarkdown({ task: 'text' }, answer)).toBe('## Minutes\n\nWe met.');
  });

  it('leaves a heading that is too long for a title in the text', () => {
    const long = Array.from({ length: 40 }, (_, place) => `Part ${place}`).join(', ');
    const answer = answerOf({ task: 'text' }, { language: 'en', blocks: [{ kind: 'heading', text: long }] });
    expect(renderMarkdown({ task: 'text' }, answer)).toBe(`## ${long}`);
  });

  it.each<readonly [string, string, readonly (readonly string[])[]]>([
    [
      'as it was asked for',
      'Item | Price\nTea | 3',
      [
        ['Item', 'Price'],
        ['Tea', '3'],
      ],
    ],
    [
      'as Markdown',
      '| Item | Price |\n|---|--:|\n| Tea | 3 |',
      [
        ['Item', 'Price'],
        ['Tea', '3'],
      ],
    ],
    [
      'as Markdown without outer pipes',
      'Item | Price\n:-- | :-:\nTea | 3',
      [
        ['Item', 'Price'],
        ['Tea', '3'],
      ],
    ],
    [
      'with a pipe within a cell',
      '| a\\|b | c |\n| --- | --- |\n| 1 | 2 |',
      [
        ['a|b', 'c'],
        ['1', '2'],
      ],
    ],
    [
      'with an empty corner',
      ' | Q1\nTea | 3',
      [
        ['', 'Q1'],
        ['Tea', '3'],
      ],
    ],
    [
      'with empty cells at its end',
      'Item | Price\nTea |',
      [
        ['Item', 'Price'],
        ['Tea', ''],
      ],
    ],
    [
      'with dashes for no value',
      'Item | Price\n- | --\nTea | 3',
      [
        ['Item', 'Price'],
        ['-', '--'],
        ['Tea', '3'],
      ],
    ],
  ])('sets a table within the text that came %s', (_, text, grid) => {
    const answer = answerOf({ task: 'text' }, { language: 'en', blocks: [{ kind: 'table', text }] });
    expect(gridsOf(renderMarkdown({ task: 'text' }, answer))).toEqual([grid]);
  });

  it('numbers insights, each with its evidence, if any, and how sure it is', () => {
    const insights = [
      { statement: 'Revenue rises.', evidence: 'The bars.', confidence: 'high' },
      { statement: 'March is missing.', evidence: 'There are two bars.', confidence: 'low' },
    ];
    expect(renderMarkdown({ task: 'insights' }, answerOf({ task: 'insights' }, { insights }))).toBe(
      '1. **Revenue rises.** The bars. *(confidence: high)*\n' +
        '2. **March is missing.** There are two bars. *(confidence: low)*',
    );
  });

  it('says nothing above the data of a chart of another kind without axes', () => {
    const axis = { label: null, unit: null, scale: 'category', min: null, max: null };
    const other = { ...chart, kind: 'other', xAxis: axis, yAxis: axis };
    const shown = (one: object) => renderMarkdown({ task: 'chart' }, answerOf({ task: 'chart' }, { charts: [one] }));
    expect(shown(other)).toMatch(/^\|/);
    expect(shown({ ...other, kind: 'bar' })).toMatch(/^Bar chart\.\n\n\|/);
    expect(shown({ ...other, yAxis: { ...axis, unit: 'EUR', scale: 'log' } })).toMatch(
      /^Chart; y: in EUR, logarithmic\.\n\n\|/,
    );
  });

  it('shows the unit of a pie', () => {
    const yAxis = { ...chart.yAxis, unit: '%' };
    const points = [60, 40].map((y) => ({ x: `part ${y}`, y, from: 'read' }));
    const pie = { ...chart, kind: 'pie', yAxis, series: [{ name: 'Share', points }] };
    const markdown = renderMarkdown({ task: 'chart' }, answerOf({ task: 'chart' }, { charts: [pie] }));
    expect(gridsOf(markdown)[0]?.[0]).toEqual(['Month', 'Share (%)']);
  });

  it('sets out a description: the summary, then what can be seen as a list', () => {
    const reply = { title: 'A desk', summary: 'Two cups on a desk.', details: ['One is blue.', 'Both are empty.'] };
    expect(renderMarkdown({ task: 'describe' }, answerOf({ task: 'describe' }, reply))).toBe(
      'Two cups on a desk.\n\n- One is blue.\n- Both are empty.',
    );
    expect(renderMarkdown({ task: 'describe' }, answerOf({ task: 'describe' }, { ...reply, details: [] }))).toBe(
      'Two cups on a desk.',
    );
  });

  it('has the column of instances as soon as one object has one', () => {
    const cup = { name: 'cup', counted: 'each', count: 1, where: 'desk', instances: ['white'] };
    const crowd = { name: 'bird', counted: 'estimated', count: 200, where: 'sky', instances: [] };
    const markdown = renderMarkdown({ task: 'objects' }, answerOf({ task: 'objects' }, { objects: [crowd, cup] }));
    expect(gridsOf(markdown)[0]).toEqual([
      ['Object', 'Count', 'Where', 'Instances'],
      ['bird', '≈ 200', 'sky', ''],
      ['cup', '1', 'desk', 'white'],
    ]);
  });

  it('leaves out the column of instances where there are none', () => {
    const crowd = { name: 'bird', counted: 'estimated', count: 200, where: 'sky', instances: [] };
    const markdown = renderMarkdown({ task: 'objects' }, answerOf({ task: 'objects' }, { objects: [crowd] }));
    expect(gridsOf(markdown)[0]).toEqual([
      ['Object', 'Count', 'Where'],
      ['bird', '≈ 200', 'sky'],
    ]);
  });

  it('makes no link of an address in the image', () => {
    const text = 'See https://evil.example/x, www.evil.com, evil.com or me@evil.com';
    for (const kind of ['heading', 'paragraph', 'list', 'table', 'caption']) {
      const answer = answerOf({ task: 'text' }, { language: 'en', blocks: [{ kind, text: `${text}\n${text}` }] });
      expect(elementsOf(renderMarkdown({ task: 'text' }, answer))).not.toContain('link_open');
    }
  });

  it('puts the values of many series below each other', () => {
    const series = Array.from({ length: 9 }, (_, place) => ({
      name: `s${place}`,
      points: [{ x: 'a', y: place, from: 'read' }],
    }));
    const markdown = renderMarkdown({ task: 'chart' }, answerOf({ task: 'chart' }, { charts: [{ ...chart, series }] }));
    expect(gridsOf(markdown)[0]).toHaveLength(10);
    expect(gridsOf(markdown)[0]?.[9]).toEqual(['s8', 'a', '8']);
  });
});

describe('titleOf and firstLineOf', () => {
  it.each(TASK_NAMES)('name the answer of %s in one line', (name) => {
    const answer = answerOf(requests[name]);
    expect([titleOf(requests[name], answer, 'desk.jpg'), firstLineOf(requests[name], answer)]).toEqual(expected[name]);
  });
});

describe('the answer', () => {
  it('holds each table and chart as CSV', () => {
    expect(answerOf({ task: 'analyze' })).toMatchObject({
      tables: [{ csv: 'Month,Revenue (EUR)\r\nJanuary,"1,200.00"\r\nFebruary,\r\n' }],
      charts: [{ csv: 'series,x,y,from,printed\r\n2026,Jan,40,read,\r\n2026,Feb,55.5,estimated,\r\n' }],
    });
  });
});
