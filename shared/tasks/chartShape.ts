import { z } from 'zod';
import { once } from './once.ts';

const axis = once(() =>
  z.object({
    label: z.string().nullable(),
    unit: z.string().nullable(),
    scale: z.enum(['linear', 'log', 'time', 'category']),
    min: z.number().nullable().describe('First value of the axis as printed; null where it has none.'),
    max: z.number().nullable(),
  }),
);

/** One chart as the model sends it. A pie has no axes: its slices are points, their unit stands with the y axis. */
export const chartReply = once(() =>
  z.object({
    kind: z.enum(['bar', 'line', 'area', 'pie', 'scatter', 'other']),
    title: z.string().nullable(),
    xAxis: axis(),
    yAxis: axis(),
    series: z.array(
      z.object({
        name: z.string().describe('As in the legend; of a single series what it shows.'),
        points: z.array(
          z.object({
            x: z.string().describe('Category, time or number, as printed.'),
            y: z.number(),
            from: z.enum(['read', 'estimated']).describe('Whether the value is printed, or judged from the axis.'),
          }),
        ),
      }),
    ),
    notes: z.array(z.string()),
  }),
);

export const chartAnswer = once(() =>
  chartReply().extend({
    markdown: z.string().describe('The data as a table in GitHub Flavored Markdown; estimated values carry "≈".'),
    csv: z.string().describe('The data as RFC 4180 CSV: series, x, y, from.'),
  }),
);

export type ChartReply = z.infer<ReturnType<typeof chartReply>>;
export type ChartAnswer = z.infer<ReturnType<typeof chartAnswer>>;
