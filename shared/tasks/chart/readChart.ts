import type { NumberContext } from '../numbers/numberContext.ts';
import type { ReadPlace } from '../numbers/numberFindings.ts';
import type { PrintedValue } from '../numbers/printedShape.ts';
import { type Around, type NumberReading, numberOf, readNumbers } from '../numbers/readNumbers.ts';
import type { ChartData, ChartReply } from './chartShape.ts';

type Point = ChartReply['series'][number]['points'][number];
type Axis = ChartReply['xAxis'];

/** A number in JSON, as estimates are requested. */
const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Three digits after one full stop may be decimals or thousands. */
const EITHER = /^-?[1-9]\d{0,2}\.\d{3}$/;

/** Printed values of a chart: they show how it prints numbers. */
export function chartTexts({ series, yAxis }: ChartReply): readonly string[] {
  return [...series.flatMap(({ points }) => printedOf(points)), ...endsOf(yAxis)];
}

/**
 * The chart with its values as numbers: each series is read as a whole, then with the chart, then with the document. A
 * JSON number is used as it is, unless the texts of its series use a full stop for thousands: then 1.234 is a copy of
 * the print.
 */
export function readChart(
  chart: ChartReply,
  place: string,
  { document, language }: NumberContext,
): { readonly chart: ChartData; readonly places: readonly ReadPlace[] } {
  const whole = chartTexts(chart);
  const options = { circles: [whole, document], ...(language === undefined ? {} : { language }) };
  const places: ReadPlace[] = [];
  const axis = (which: 'xAxis' | 'yAxis', texts: readonly string[], around: Around = {}): ReadAxis => {
    const { min, max, ...traits } = chart[which];
    const ofScale = [min, max].map((end) => (traits.scale === 'log' ? asPower(end) : end));
    const readings = readValues(ofScale, { ...options, ...around, circles: [texts, document] });
    // Ends of an axis of times or categories are not numbers, so there is no finding about them.
    if (traits.scale === 'linear' || traits.scale === 'log') places.push({ place: `${place}.${which}`, readings });
    const [low, high] = readings.map(numberOf);
    const ends = { min: low ?? null, max: high ?? null, minPrinted: textOf(min), maxPrinted: textOf(max) };
    return {
      axis: { ...traits, ...ends },
      isCertain: readings.every((one) => one.kind === 'value' && one.by === 'values'),
    };
  };
  const along = [...chart.series.flatMap(({ points }) => points.map(({ x }) => x)), ...endsOf(chart.xAxis)];
  const { axis: xAxis } = axis('xAxis', along);
  const { axis: yAxis, isCertain } = axis('yAxis', whole, chart.kind === 'pie' ? {} : longAs(chart, options));
  const isPossible = chart.kind === 'pie' || !isCertain ? undefined : rangeOf(yAxis);
  const onAxis = { ...options, ...(isPossible && { isPossible }) };
  const series = chart.series.map(({ name, points }, index) => {
    const readings = readPoints(points, onAxis);
    places.push({ place: `${place}.series[${index}]`, readings });
    return {
      name,
      points: points.map(({ x, y, from }, number) => {
        const value = numberOf(readings[number]);
        const isShown = typeof y === 'string' && y.trim() !== '' && (from === 'read' || value === null);
        return { x, y: value, from, printed: isShown ? y : null };
      }),
    };
  });
  const { kind, title, notes } = chart;
  return { chart: { kind, title, xAxis, yAxis, series, notes }, places };
}

/** An axis is as long as what stands on it: beside a bar of 800 its end 2.000 is two thousand. */
function longAs({ series }: ChartReply, options: Around): Around {
  const certain = series
    .flatMap(({ points }) => readPoints(points, options))
    .flatMap((one) => (one.kind === 'value' && one.by === 'values' ? [Math.abs(one.value)] : []));
  const longest = certain.reduce((most, value) => Math.max(most, value), 0);
  return { isPossible: (value) => Math.abs(value) >= longest * (1 - AXIS_TOLERANCE) };
}

/** `10⁶` at the end of a logarithmic axis is a power, and 6 no footnote. */
function asPower(end: PrintedValue): PrintedValue {
  return typeof end === 'string' ? end.replace(/^\s*10(?=[\^⁺⁻⁰¹²³⁴-⁹])/u, '1×10') : end;
}

interface ReadAxis {
  readonly axis: ChartData['xAxis'];
  /** Whether its ends have only one reading. */
  readonly isCertain: boolean;
}

/** A JSON number is an estimate, whatever is printed beside it. */
function readPoints(points: readonly Point[], options: Around): readonly NumberReading[] {
  const estimates = points.map(({ y, from }) => (from === 'estimated' && isPlain(y) ? Number(y) : undefined));
  const read = readValues(
    points.map(({ y }, place) => (estimates[place] === undefined ? y : null)),
    options,
  );
  return read.map((reading, place) => {
    const value = estimates[place];
    return value === undefined ? reading : { kind: 'value', value, by: 'values' };
  });
}

function readValues(values: readonly PrintedValue[], options: Around): readonly NumberReading[] {
  const texts = values.filter((value) => typeof value === 'string');
  const hasMarks = texts.some((text) => /[.,]/.test(text));
  const isText = (value: PrintedValue): boolean =>
    typeof value === 'string' || (typeof value === 'number' && hasMarks && !Number.isInteger(value));
  const readings = readNumbers(values.filter(isText).map(String), options);
  let next = 0;
  return values.map((value): NumberReading => {
    if (isText(value)) return readings[next++] ?? { kind: 'none' };
    return typeof value === 'number' ? { kind: 'value', value, by: 'values' } : { kind: 'none' };
  });
}

function isPlain(value: PrintedValue): boolean {
  return value !== null && PLAIN.test(String(value).trim()) && !EITHER.test(String(value).trim());
}

function printedOf(points: readonly Point[]): readonly string[] {
  return points.flatMap(({ y, from }) => (typeof y === 'string' && !(from === 'estimated' && isPlain(y)) ? [y] : []));
}

function endsOf({ min, max }: Axis): readonly string[] {
  return [min, max].filter((end) => typeof end === 'string');
}

function textOf(value: PrintedValue): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** A value judged from the axis may lie this part of its length outside; a bar may also end at the frame. */
const AXIS_TOLERANCE = 0.02;

interface Scale {
  readonly scale: 'linear' | 'log' | 'time' | 'category';
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * Whether a value lies within an axis; undefined for one of times or categories, or without ends. Lengths of a logarithmic
 * axis are those of its powers: from 1 to 10 it is as far as from 10 to 100.
 */
export function rangeOf({ scale, min, max }: Scale): ((value: number) => boolean) | undefined {
  if ((scale !== 'linear' && scale !== 'log') || min === null || max === null) return undefined;
  const along = scale === 'log' && min > 0 && max > 0 ? Math.log10 : Number;
  const [low, high] = [along(Math.min(min, max)), along(Math.max(min, max))];
  const slack = (high - low) * AXIS_TOLERANCE;
  return (value) => along(value) >= low - slack && along(value) <= high + slack;
}
