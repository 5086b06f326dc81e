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

/** Stryker asks a checker which changes are worth a run of the tests: this one lets through what was drawn. */
class DrawnMutants {
  async init(): Promise<void> {}

  async group(mutants: readonly Mutant[]): Promise<readonly (readonly string[])[]> {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants: readonly Mutant[]): Promise<Record<string, object>> {
    const drawn = new Set<string>(JSON.parse(process.env.MUTATION_DRAWN ?? '[]'));
    const answerTo = (mutant: Mutant): object =>
      drawn.has(keyOf(mutant)) ? { status: 'passed' } : { status: 'compileError', reason: 'not drawn' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, answerTo(mutant)]));
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'drawn', injectableClass: DrawnMutants }];
