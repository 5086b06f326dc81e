import type { NumberContext } from '../numbers/numberContext.ts';
import { numberFindings, type ReadPlace } from '../numbers/numberFindings.ts';
import { numberOf, readNumbers } from '../numbers/readNumbers.ts';
import type { Finding } from '../reading.ts';
import type { ChartData, ChartReply } from './chartShape.ts';
import { rangeOf, readChart } from './readChart.ts';

/** Printed shares are rounded: eleven slices of half a point each come to 5.5 at most. */
const PIE_TOLERANCE_PERCENT = 3;
/** Units of a pie whose slices come to 100; shares are asked for in "%". */
const SHARES = /%|\b(?:per ?cent|prozent|pct)\b/i;

/** Checks each chart: at least one value, shares of a pie near 100, values within their axis. */
export function checkCharts(charts: readonly ChartReply[], context: NumberContext): readonly Finding[] {
  const places: ReadPlace[] = [];
  const findings = charts.flatMap((reply, index) => {
    const place = `charts[${index}]`;
    const { chart, ...read } = readChart(reply, place, context);
    places.push(...read.places);
    return checkChart(chart, place);
  });
  return [...findings, ...numberFindings(places, context.language)];
}

function checkChart(chart: ChartData, place: string): readonly Finding[] {
  const points = chart.series.flatMap((series) => series.points);
  if (points.every(({ y, printed }) => y === null && printed === null)) {
    return [{ code: 'empty-answer', detail: `${place} has no values in its series.`, repair: true }];
  }
  return [...checkPie(chart, place), ...checkAxis(chart, place, 'yAxis'), ...checkAxis(chart, place, 'xAxis')];
}

function checkPie({ kind, series, yAxis }: ChartData, place: string): readonly Finding[] {
  if (kind !== 'pie' || !SHARES.test(yAxis.unit ?? '')) return [];
  return series.flatMap(({ points }, index): readonly Finding[] => {
    // Their sum cannot be checked if a slice has no value.
    if (points.some(({ y }) => y === null)) return [];
    const sum = points.reduce((total, { y }) => total + (y ?? 0), 0);
    const isNegative = points.some(({ y }) => (y ?? 0) < 0);
    if (!isNegative && Math.abs(sum - 100) <= PIE_TOLERANCE_PERCENT) return [];
    const shown = Number(sum.toFixed(1));
    const detail = isNegative
      ? `${place}.series[${index}] is a pie with a share below 0 %.`
      : `${place}.series[${index}] is a pie whose shares add up to ${shown} %.`;
    return [{ code: 'pie-shares', detail, repair: true }];
  });
}

function checkAxis(chart: ChartData, place: string, which: 'xAxis' | 'yAxis'): readonly Finding[] {
  const isInside = chart.kind === 'pie' ? undefined : rangeOf(chart[which]);
  if (!isInside) return [];
  const { min, max } = chart[which];
  const along = chart.series.flatMap(({ points }) => points.map(({ x }) => x));
  const circles = [[...along, ...[chart.xAxis.minPrinted, chart.xAxis.maxPrinted].filter((end) => end !== null)]];
  for (const [index, { points }] of chart.series.entries()) {
    const columns = readNumbers(
      points.map(({ x }) => x),
      { circles },
    );
    for (const [number, point] of points.entries()) {
      const value = which === 'yAxis' ? point.y : numberOf(columns[number]);
      if (value === null || isInside(value)) continue;
      const at = `${place}.series[${index}].points[${number}]`;
      const detail = `${at} is ${value} on an axis from ${min} to ${max}.`;
      return [{ code: 'outside-axis', detail, repair: true }];
    }
  }
  return [];
}
