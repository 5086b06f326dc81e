import { type Figure, percentile } from '../figure.ts';
import type { FloodEnd } from './flood.ts';

/** The expected end is judged from five minutes on, or from a third of the run where that is sooner. */
const JUDGED_AFTER_MS = 5 * 60_000;
const JUDGED_AFTER_PART = 1 / 3;

/** What a flood came to. */
export function figuresOf(end: FloodEnd): readonly Figure[] {
  const started = end.startedMs.filter((atMs) => atMs !== null);
  const doneMs = Math.max(...started);
  const tookMs = doneMs - end.startMs;
  return [
    { figure: 'flood.images', value: end.startedMs.length, unit: '' },
    { figure: 'flood.answered', value: started.length, unit: '' },
    { figure: 'flood.poisoned', value: end.poisoned, unit: '' },
    { figure: 'flood.failed', value: end.failed, unit: '' },
    { figure: 'flood.refusedPer100', value: (100 * end.refused) / started.length, unit: '' },
    { figure: 'flood.uploaded', value: (end.uploadedMs - end.startMs) / 1_000, unit: 's' },
    { figure: 'flood.done', value: tookMs / 1_000, unit: 's' },
    ...memoryFigures(end),
    ...orderFigures(end.startedMs),
    ...expectationFigures(end, { doneMs, tookMs }),
  ];
}

/** Of the process that held most. Flat: the last third of the looks as much as the first one. */
function memoryFigures({ looks }: FloodEnd): readonly Figure[] {
  const most = looks.map(({ residentMiB }) => Math.max(...residentMiB));
  const third = Math.ceil(most.length / 3);
  const first = { name: 'median of the first third', value: percentile(most.slice(0, third), 0.5) };
  return [
    { figure: 'flood.resident.lastThird', value: percentile(most.slice(-third), 0.5), unit: 'MiB', baseline: first },
    { figure: 'flood.resident.peak', value: Math.max(...most), unit: 'MiB' },
  ];
}

/** How far images were from their turn: between the place of the upload and the place of the start, in parts of the line. */
function orderFigures(startedMs: FloodEnd['startedMs']): readonly Figure[] {
  const inUploadOrder = startedMs.flatMap((atMs, uploaded) => (atMs === null ? [] : [{ atMs, uploaded }]));
  const inStartOrder = inUploadOrder.toSorted((left, right) => left.atMs - right.atMs);
  const off = inStartOrder.map(({ uploaded }, place) => Math.abs(uploaded - place) / startedMs.length);
  return [0.5, 0.99].map((part) => ({
    figure: `flood.outOfTurn.p${part * 100}`,
    value: 100 * percentile(off, part),
    unit: '% of the line',
  }));
}

function expectationFigures(
  { looks, startMs }: FloodEnd,
  end: { readonly doneMs: number; readonly tookMs: number },
): readonly Figure[] {
  const fromMs = startMs + Math.min(JUDGED_AFTER_MS, end.tookMs * JUDGED_AFTER_PART);
  const errors = looks.flatMap(({ atMs, expectedDoneAtMs }) =>
    atMs < fromMs || expectedDoneAtMs === null ? [] : [Math.abs(expectedDoneAtMs - end.doneMs) / end.tookMs],
  );
  return [0.5, 1].map((part) => ({
    figure: `flood.expectedEnd.${part === 1 ? 'worst' : 'p50'}`,
    value: 100 * percentile(errors, part),
    unit: '% of the whole time',
  }));
}
