import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import { chartAnswer, chartReply } from './chart/chartShape.ts';
import { checkCharts } from './chart/checkChart.ts';
import { chartTexts } from './chart/readChart.ts';
import { chartBody, completeChart } from './chart.ts';
import { checkSummary } from './describe.ts';
import { checkInsight, insightReply, insightsMarkdown } from './insights.ts';
import { type NumberContext, numberContext } from './numbers/numberContext.ts';
import { checkObject, objectReply, objectsMarkdown } from './objects.ts';
import { escapeParagraph } from './rendering/escapeMarkdown.ts';
import { sections } from './rendering/sections.ts';
import { checkTables } from './tables/checkTable.ts';
import { tableTexts } from './tables/readTable.ts';
import { tableAnswer, tableReply } from './tables/tableShape.ts';
import { completeTable, tableBody } from './tables.ts';
import { defineTask } from './task.ts';
import type { TaskRequest } from './taskRequest.ts';
import { checkText, plainText, textMarkdown } from './text.ts';
import { textAnswer, textReply } from './textShape.ts';

const analyzeReply = once(() =>
  z.object({
    title: z.string().describe('A few words that name the image.'),
    kind: z.enum(['photo', 'document', 'chart', 'screenshot', 'diagram', 'drawing', 'other']),
    summary: z.string().describe('Two or three sentences: what it shows, in which setting, for what purpose.'),
    objects: z.array(objectReply()).describe('Of a scene; empty for a document, chart or screenshot.'),
    text: textReply().describe('All text but what stands in tables and charts.'),
    tables: z.array(tableReply()),
    charts: z.array(chartReply()),
    insights: z.array(insightReply()),
  }),
);

const analyzeAnswer = once(() =>
  analyzeReply().extend({
    text: textAnswer(),
    tables: z.array(tableAnswer()),
    charts: z.array(chartAnswer()),
  }),
);

type AnalyzeReply = z.infer<ReturnType<typeof analyzeReply>>;
type AnalyzeAnswer = z.infer<ReturnType<typeof analyzeAnswer>>;

/** Everything that applies, in one answer, so that the image is paid for once. */
export const analyze = defineTask<AnalyzeReply, AnalyzeAnswer>({
  name: 'analyze',
  heading: 'Image',
  version: 4,
  defaultQuality: 'full',
  sight: 'detail',
  economyFloorPx: 1024,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 500,
  maxOutputTokens: 800,
  fullOutputTokens: 4096,
  instructions:
    'Give all that applies to the image; what does not apply stays []. Say each thing once.\n' +
    'title: a few words. summary: two or three sentences on what it shows, the setting and the purpose. Never name a person ' +
    'by their face.\n' +
    'objects: of a scene only. Up to 20 of a kind: list each in instances by its place, count = number of instances, counted ' +
    'each; more: estimated, no instances.\n' +
    'text: letter by letter, in reading order, without tables and charts; never translate or repeat; [?] for the ' +
    'unreadable. A list: one item a line. language: BCP 47 tag.\n' +
    'tables: cells are strings as printed, as many in each row as columns, rows without the header. merged: cells that span ' +
    'several, counted from 0, value in the first.\n' +
    'charts: min and max: ends of the scale; from: read if the value is printed, then y is its text as printed ("1.234,5"); ' +
    'estimated: a plain number ("1234.5"). Pie: one series of slices, yAxis.unit "%" for shares.\n' +
    'insights: up to five things that follow and are worth knowing, with evidence; no mere description.',
  reply: analyzeReply,
  answer: analyzeAnswer,
  complete: (reply, _, request) => {
    const context = contextOf(reply, request);
    return {
      ...reply,
      text: { ...reply.text, plain: plainText(reply.text) },
      tables: reply.tables.map((table) => completeTable(table, context)),
      charts: reply.charts.map((chart) => completeChart(chart, context)),
    };
  },
  check: (answer, request, reply) => [
    ...checkSummary(answer),
    ...answer.objects.flatMap((object, place) => checkObject(object, `objects[${place}]`)),
    ...checkText(answer.text),
    ...checkTables(reply.tables, contextOf(reply, request)),
    ...checkCharts(reply.charts, contextOf(reply, request)),
    ...answer.insights.flatMap((insight, place) => checkInsight(insight, `insights[${place}]`)),
  ],
  prose: ({ summary, insights }) => [summary, ...insights.map(({ statement }) => statement)],
  title: ({ title }) => title,
  firstLine: ({ summary }) => summary,
  markdown: analyzeMarkdown,
});

function contextOf({ tables, charts, text }: AnalyzeReply, request: TaskRequest): NumberContext {
  const document = [...tables.flatMap(tableTexts), ...charts.flatMap(chartTexts)];
  return numberContext(document, text.language, request.language);
}

function analyzeMarkdown({ summary, objects, text, tables, charts, insights }: AnalyzeAnswer): string {
  const parts = [
    escapeParagraph(summary),
    objects.length === 0 ? '' : `## Objects\n\n${objectsMarkdown(objects)}`,
    sections(tables, { noun: 'Table', body: tableBody, isWhole: false }),
    sections(charts, { noun: 'Chart', body: chartBody, isWhole: false }),
    insights.length === 0 ? '' : `## Insights\n\n${insightsMarkdown(insights)}`,
    text.plain.trim() === '' ? '' : `## Text\n\n${textMarkdown(text, 3)}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
