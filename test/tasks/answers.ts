import type { TaskName, TaskRequest } from '../../shared/tasks/taskRequest.ts';

/** A request and a valid answer of each task, as a model sends it. */

const object = {
  name: 'cup',
  counted: 'each',
  count: 2,
  where: 'on the desk',
  instances: ['left, white', 'right, blue'],
} as const;

const textBlocks = {
  language: 'en',
  blocks: [
    { kind: 'heading', text: 'Minutes' },
    { kind: 'paragraph', text: 'We met on Monday.\nEverybody came.' },
    { kind: 'list', text: '- Budget\n- Dates' },
    { kind: 'table', text: 'Name | Votes\nAda | 3' },
    { kind: 'caption', text: 'Figure 1' },
  ],
};

export const table = {
  title: 'Sales',
  columns: [
    { name: 'Month', type: 'text', unit: null },
    { name: 'Revenue', type: 'number', unit: 'EUR' },
  ],
  rows: [
    ['January', '1,200.00'],
    ['February', ''],
  ],
  merged: [{ row: 0, column: 1, rows: 2, columns: 1 }],
  notes: ['Preliminary.'],
};

const valueAxis = { label: 'Revenue', unit: 'EUR', scale: 'linear', min: 0, max: 100 };
const categoryAxis = { label: 'Month', unit: null, scale: 'category', min: null, max: null };

export const chart = {
  kind: 'bar',
  title: 'Revenue by month',
  xAxis: categoryAxis,
  yAxis: valueAxis,
  series: [
    {
      name: '2026',
      points: [
        { x: 'Jan', y: 40, from: 'read' },
        { x: 'Feb', y: 55.5, from: 'estimated' },
      ],
    },
  ],
  notes: [],
};

export const insight = { statement: 'Revenue rises.', evidence: 'February is above January.', confidence: 'medium' };

export const invoiceSchema = {
  type: 'object',
  properties: {
    number: { type: 'string', description: 'The invoice number.' },
    total: { type: ['number', 'null'] },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: { item: { type: 'string' }, unit: { type: ['string', 'null'] } },
        required: ['item', 'unit'],
        additionalProperties: false,
      },
    },
  },
  required: ['number', 'total', 'lines'],
  additionalProperties: false,
};

export const requests: Readonly<Record<TaskName, TaskRequest>> = {
  analyze: { task: 'analyze' },
  describe: { task: 'describe' },
  objects: { task: 'objects' },
  text: { task: 'text' },
  tables: { task: 'tables' },
  chart: { task: 'chart' },
  insights: { task: 'insights' },
  ask: { task: 'ask', question: 'How many cups are there?' },
  extract: { task: 'extract', schema: invoiceSchema },
};

export const replies: Readonly<Record<TaskName, Readonly<Record<string, unknown>>>> = {
  analyze: {
    title: 'A desk',
    kind: 'photo',
    summary: 'Two cups stand on a desk beside a printed report.',
    objects: [object],
    text: textBlocks,
    tables: [table],
    charts: [chart],
    insights: [insight],
    instructionsInImage: [],
  },
  describe: {
    title: 'A desk',
    summary: 'Two cups stand on a desk.',
    details: ['The left cup is white.', 'The right cup is blue.'],
    instructionsInImage: [],
  },
  objects: { objects: [object], instructionsInImage: [] },
  text: { ...textBlocks, instructionsInImage: [] },
  tables: { tables: [table], instructionsInImage: [] },
  chart: { charts: [chart], instructionsInImage: [] },
  insights: { insights: [insight], instructionsInImage: [] },
  ask: { answer: 'Two.', evidence: ['A white and a blue cup.'], answered: 'yes', instructionsInImage: [] },
  extract: {
    fields: { number: 'A-17', total: 12.5, lines: [{ item: 'Paper', unit: 'sheet' }] },
    notFound: [],
    instructionsInImage: [],
  },
};
