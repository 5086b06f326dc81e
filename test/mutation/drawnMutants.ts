import { createHash } from 'node:crypto';

/** A change of the code as Stryker describes it; lines and columns count from 0. */
export interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A change by what it is and where, whatever copy of the project its file lies in. */
export function keyOf({ fileName, mutatorName, replacement, location: { start, end } }: Mutant): string {
  const file = fileName.slice(fileName.lastIndexOf('shared/'));
  return JSON.stringify([file, mutatorName, start.line, start.column, end.line, end.column, replacement]);
}

/** So many of them at random: the same ones for the same seed and code. */
export function drawMutants(mutants: readonly Mutant[], draw: { readonly seed: number; readonly count: number }) {
  const hashed = mutants.map((mutant) => {
    const hash = createHash('sha256')
      .update(`${draw.seed} ${keyOf(mutant)}`)
      .digest('hex');
    return { mutant, hash };
  });
  const sorted = hashed.toSorted((one, other) => (one.hash < other.hash ? -1 : 1));
  return sorted.slice(0, draw.count).map(({ mutant }) => mutant);
}
