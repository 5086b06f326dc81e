/** One figure of the benchmark: a JSON line, with its ratio to a baseline that was measured in the same run. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: { readonly name: string; readonly value: number };
}

export function printFigure(figure: Figure): void {
  const { baseline, ...rest } = figure;
  const compared = baseline
    ? { baseline: baseline.name, baselineValue: round(baseline.value), ratio: round(figure.value / baseline.value) }
    : {};
  console.log(JSON.stringify({ ...rest, value: round(figure.value), ...compared }));
}

/** The value that the given part (0 to 1) of the samples stays at or under. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
