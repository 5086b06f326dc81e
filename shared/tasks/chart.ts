import { z } from 'zod';
import { once } from '../concurrency/once.ts';
import { type ChartAnswer, type ChartData, type ChartReply, chartAnswer, chartReply } from './chart/chartShape.ts';
import { checkCharts } from './chart/checkChart.ts';
import { chartTexts, readChart } from './chart/readChart.ts';
import { type NumberContext, numberContext } from './numbers/numberContext.ts';
import { imageLanguage } from './numbers/printedShape.ts';
import { escapeInline, escapeList } from './rendering/escapeMarkdown.ts';
import { sections } from './rendering/sections.ts';
import { tableMarkdown, withUnit } from './rendering/tableMarkdown.ts';
import { toCsv } from './rendering/toCsv.ts';
import { defineTask } from './task.ts';
import type { TaskRequest } from './taskRequest.ts';

const chartsReply = once(() => z.object({ charts: z.array(chartReply()), language: imageLanguage() }));
const chartsAnswer = once(() => z.object({ charts: z.array(chartAnswer()), language: imageLanguage() }));

type ChartsReply = z.infer<ReturnType<typeof chartsReply>>;
type ChartsAnswer = z.infer<ReturnType<typeof chartsAnswer>>;

/** The data behind every chart of the image: axes, series, points, each marked as read or estimated. */
export const chart = defineTask<ChartsReply, ChartsAnswer>({
  name: 'chart',
  heading: 'Charts',
  version: 3,
  defaultQuality: 'full',
  sight: 'detail',
  economyFloorPx: 1024,
  sampling: { temperature: 0, topP: 1 },
  expectedOutputTokens: 450,
  maxOutputTokens: 800,
  fullOutputTokens: 4096,
  instructions:
    'Read the data of every chart. min, max: ends of the scale as printed, else null. from read: y as printed; ' +
    'estimated: y by the axis, like 1234.5. Pie: one series, yAxis.unit "%" for shares. notes: sources, what is ' +
    'unreadable. language: BCP 47. No chart: [].',
  reply: chartsReply,
  answer: chartsAnswer,
  content: 'charts',
  complete: (reply, _, request) => {
    const context = contextOf(reply, request);
    return { charts: reply.charts.map((chart) => completeChart(chart, context)), language: reply.language };
  },
  check: (_, request, reply) => checkCharts(reply.charts, contextOf(reply, request)),
  prose: () => [],
  title: ({ charts: [first, ...others] }) => (others.length === 0 ? (first?.title ?? null) : null),
  firstLine: ({ charts }) => (charts.length === 0 ? 'No chart.' : charts.map(chartLine).join('; ')),
  markdown: ({ charts }) => (charts.length === 0 ? 'No chart.' : sections(charts, { noun: 'Chart', body: chartBody })),
});

function contextOf({ charts, language }: ChartsReply, request: TaskRequest): NumberContext {
  return numberContext(charts.flatMap(chartTexts), language, request.language);
}

/** The chart with its numbers, and its data as a table and as CSV. */
export function completeChart(reply: ChartReply, context: NumberContext): ChartAnswer {
  const { chart } = readChart(reply, '', context);
  const rows = chart.series.flatMap(({ name, points }) =>
    points.map(({ x, y, from, printed }) => [name, x, y === null ? '' : String(y), from, printed ?? '']),
  );
  return { ...chart, markdown: dataTable(chart), csv: toCsv([['series', 'x', 'y', 'from', 'printed'], ...rows]) };
}

/** `'Sales (bar chart, 2 series, 8 values)'`. */
function chartLine({ title, kind, series }: ChartData): string {
  const values = series.reduce((sum, { points }) => sum + points.length, 0);
  return `${title ?? 'Chart'} (${kind} chart, ${series.length} series, ${values} value${values === 1 ? '' : 's'})`;
}

/** Kind and axes, the data and the notes, without a heading. */
export function chartBody(chart: ChartAnswer): string {
  const kind = chart.kind === 'other' ? 'Chart' : `${chart.kind.charAt(0).toUpperCase()}${chart.kind.slice(1)} chart`;
  const axes = chart.kind === 'pie' ? [] : [axisLine('x', chart.xAxis), axisLine('y', chart.yAxis)];
  const traits = [kind, ...axes.filter((axis) => axis !== '')];
  const parts = [traits.length === 1 && chart.kind === 'other' ? '' : `${traits.join('; ')}.`, chart.markdown];
  return [...parts, escapeList(chart.notes)].filter((part) => part !== '').join('\n\n');
}

/** Categories down, series across; one value per line if that would be too wide to read. */
function dataTable({ series, xAxis, yAxis }: ChartData): string {
  const places = series.map(({ points }) => new Map(points.map((point) => [point.x, shown(point)])));
  const isWide = series.length > 8 || series.some(({ points }, index) => places[index]?.size !== points.length);
  if (isWide) {
    const rows = series.flatMap(({ name, points }) => points.map((point) => [name, point.x, shown(point)]));
    const header = ['Series', xAxis.label ?? 'x', withUnit(yAxis.label ?? 'y', yAxis.unit)];
    return tableMarkdown({ header, rows, numeric: [2] });
  }
  const categories = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  const rows = categories.map((x) => [x, ...places.map((values) => values.get(x) ?? '')]);
  const header = [xAxis.label ?? '', ...series.map(({ name }) => withUnit(name, yAxis.unit))];
  return tableMarkdown({ header, rows, numeric: series.map((_, index) => index + 1) });
}

type Point = ChartData['series'][number]['points'][number];

function shown({ y, from, printed }: Point): string {
  const text = printed ?? (y === null ? '' : String(y));
  return from === 'estimated' && text !== '' ? `≈ ${text}` : text;
}

function axisLine(name: string, axis: ChartData['xAxis']): string {
  const { label, unit, scale } = axis;
  const [min, max] = [axis.minPrinted ?? axis.min, axis.maxPrinted ?? axis.max];
  const parts = [
    label,
    unit === null || unit.trim() === '' ? null : `in ${unit}`,
    min === null || max === null ? null : `from ${min} to ${max}`,
  ];
  const words = [...parts, scale === 'log' ? 'logarithmic' : null].filter(
    (part) => part !== null && part.trim() !== '',
  );
  return words.length === 0 ? '' : `${name}: ${escapeInline(words.join(', ').replace(/\s+/g, ' '))}`;
}
