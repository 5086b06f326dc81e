import { readFileSync, writeSync } from 'node:fs';
import { keyOf, type Mutant } from './drawnMutants.ts';

/** The file of the process that main.ts gives: its own standard output. */
const RESULTS = 3;

const drawn = new Set<string>(JSON.parse(process.env.MUTATION_DRAWN ?? '[]'));

/** Stryker asks a checker which changes are worth a run of the tests: this one lets through what was drawn. */
class DrawnMutants {
  async init(): Promise<void> {}

  async group(mutants: readonly Mutant[]): Promise<readonly (readonly string[])[]> {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants: readonly Mutant[]): Promise<Record<string, object>> {
    const answerTo = (mutant: Mutant): object =>
      drawn.has(keyOf(mutant)) ? { status: 'passed' } : { status: 'compileError', reason: 'not drawn' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, answerTo(mutant)]));
  }
}

/** Writes each result as it comes, so that a run that is stopped has said what it found. */
class ResultLines {
  readonly #counts: Record<string, Record<string, number | undefined>> = {};

  /** Here the lines and columns of the place count from 1. */
  onMutantTested(tested: Mutant & { readonly status: string }): void {
    const { mutatorName, replacement, status } = tested;
    const fileName = tested.fileName.slice(tested.fileName.lastIndexOf('shared/'));
    const { start, end } = tested.location;
    const location = {
      start: { line: start.line - 1, column: start.column - 1 },
      end: { line: end.line - 1, column: end.column - 1 },
    };
    if (!drawn.has(keyOf({ ...tested, location }))) return;
    const room = fileName.split('/')[1] ?? '';
    const counts = this.#counts[room] ?? {};
    this.#counts[room] = { ...counts, [status]: (counts[status] ?? 0) + 1 };
    const place = `${fileName}:${start.line}:${start.column}-${end.line}:${end.column}`;
    const code = readFileSync(fileName, 'utf8').split('\n')[start.line - 1]?.trim();
    writeLine({ status, place, mutatorName, code, replacement });
  }

  onMutationTestReportReady(): void {
    for (const [room, { Killed = 0, Timeout = 0, ...others }] of Object.entries(this.#counts)) {
      const tried = Killed + Timeout + (others.Survived ?? 0) + (others.NoCoverage ?? 0);
      writeLine({ room, seed: Number(process.env.MUTATION_SEED), tried, noticed: Killed + Timeout, ...others });
    }
  }
}

function writeLine(value: object): void {
  writeSync(RESULTS, `${JSON.stringify(value)}\n`);
}

export const strykerPlugins = [
  { kind: 'Checker', name: 'drawn', injectableClass: DrawnMutants },
  { kind: 'Reporter', name: 'lines', injectableClass: ResultLines },
];
