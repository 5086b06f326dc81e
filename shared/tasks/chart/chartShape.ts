import { z } from 'zod';
import { once } from '../../concurrency/once.ts';
import { printedNumber, printedOrNone } from '../numbers/printedShape.ts';

const printedText = once(() => z.string().nullable().default(null));

const axisTraits = once(() => ({
  label: z.string().nullable(),
  unit: z.string().nullable(),
  scale: z.enum(['linear', 'log', 'time', 'category']),
}));

const axisReply = once(() => z.object({ ...axisTraits(), min: printedOrNone(), max: printedOrNone() }));

const axisAnswer = once(() =>
  z.object({
    ...axisTraits(),
    min: z.number().nullable().describe('First value of the axis; null where it has none.'),
    max: z.number().nullable(),
    minPrinted: printedText().describe('The first value as printed, where it was given so.'),
    maxPrinted: printedText(),
  }),
);

const pointReply = once(() =>
  z.object({
    x: z.string().describe('Category, time or number, as printed.'),
    y: printedNumber(),
    from: z.enum(['read', 'estimated']).describe('Whether the value is printed, or judged from the axis.'),
  }),
);

const pointAnswer = once(() =>
  pointReply().extend({
    y: z.number().nullable().describe('The value; null where the printed text is no plain number, or may be two.'),
    printed: printedText().describe('The value as printed, where it was given so.'),
  }),
);

const traits = once(() => ({
  kind: z.enum(['bar', 'line', 'area', 'pie', 'scatter', 'other']),
  title: z.string().nullable(),
}));
const name = once(() => z.string().describe('As in the legend; of a single series what it shows.'));

/** One chart as the model sends it. A pie has no axes: its slices are points, and the y axis has their unit. */
export const chartReply = once(() =>
  z.object({
    ...traits(),
    xAxis: axisReply(),
    yAxis: axisReply(),
    series: z.array(z.object({ name: name(), points: z.array(pointReply()) })),
    notes: z.array(z.string()),
  }),
);

/** The same with its values as numbers. */
export const chartAnswer = once(() =>
  z.object({
    ...traits(),
    xAxis: axisAnswer(),
    yAxis: axisAnswer(),
    series: z.array(z.object({ name: name(), points: z.array(pointAnswer()) })),
    notes: z.array(z.string()),
    markdown: z.string().describe('The data as a table in GitHub Flavored Markdown; estimated values carry "≈".'),
    csv: z.string().describe('The data as RFC 4180 CSV: series, x, y, from, printed.'),
  }),
);

export type ChartReply = z.infer<ReturnType<typeof chartReply>>;
export type ChartAnswer = z.infer<ReturnType<typeof chartAnswer>>;
/** Without the rendered texts. */
export type ChartData = Omit<ChartAnswer, 'markdown' | 'csv'>;
