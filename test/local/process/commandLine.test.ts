import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Command, readCommandLine } from '../../../local/process/commandLine.ts';
import {
  amount,
  amounts,
  flag,
  maybeWholeNumber,
  oneOf,
  rate,
  text,
  wholeNumber,
} from '../../../local/process/options.ts';

const OPTIONS = {
  seed: wholeNumber('the same drawings again', { fallback: 1, most: 65_535 }),
  limit: maybeWholeNumber('at most so many', { least: 1 }),
  minutes: amount('how long it draws', 2.5),
  loads: amounts('one after the other', [0.9, 1.5]),
  noise: rate('how much noise', 0.03),
  paper: oneOf(['white', 'grey'], 'what it draws on'),
  into: text('FILE', 'where the list goes'),
  verbose: flag('every line'),
};
const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run draw',
  does: 'Draws.',
  operands: { word: 'FOLDER', says: 'where the drawings go', least: 1, most: 1 },
  options: OPTIONS,
};
const problemsOf = (...words: readonly string[]) => readCommandLine(COMMAND, words);

describe('readCommandLine', () => {
  it('gives every option its value, and defaults to those that were not given', () => {
    expect(readCommandLine(COMMAND, ['out', '--seed', '7', '--loads=0.5,2', '--verbose'])).toEqual({
      kind: 'run',
      operands: ['out'],
      values: {
        ...{ seed: 7, limit: undefined, minutes: 2.5, loads: [0.5, 2], noise: 0.03, paper: 'white', into: undefined },
        verbose: true,
      },
    });
  });

  it('takes whatever follows -- as an operand', () => {
    expect(readCommandLine(COMMAND, ['--', '--out'])).toMatchObject({ kind: 'run', operands: ['--out'] });
  });

  it.each([['--help'], ['-h'], ['out', '--colour', '--help']])('explains itself for %j', (...words) => {
    expect(readCommandLine(COMMAND, words)).toEqual({
      kind: 'help',
      text: [
        'npm run draw -- FOLDER [OPTION]...',
        '',
        'Draws.',
        '',
        '  FOLDER               where the drawings go',
        '  --seed N             the same drawings again (default: 1)',
        '  --limit N            at most so many',
        '  --minutes N          how long it draws (default: 2.5)',
        '  --loads N,N          one after the other (default: 0.9,1.5)',
        '  --noise R            how much noise (default: 0.03)',
        '  --paper white|grey   what it draws on (default: white)',
        '  --into FILE          where the list goes',
        '  --verbose            every line',
        '  --help               this text',
      ].join('\n'),
    });
  });

  it('names everything that is wrong at once, a sentence each', () => {
    const words = ['--colour', 'red', '--seed', '70000', '-x', '--into', '--verbose=yes', 'more'];
    expect(problemsOf(...words)).toEqual({
      kind: 'wrong',
      problems: [
        "Unknown option '--colour'.",
        "Unknown option '-x'.",
        '--into lacks its value: --into FILE.',
        '--seed 70000 is not a whole number from 0 to 65,535.',
        'One FOLDER can be given; these are 2: red, more.',
      ],
    });
  });

  it.each([
    [['--verbose=yes'], '--verbose takes no value, and yes was given.'],
    [['--seed', '1', '--seed', '2'], '--seed was given twice.'],
    [['--seed'], '--seed lacks its value: --seed N.'],
    [['--seed', ''], '--seed  is not a whole number from 0 to 65,535.'],
    [['--seed', '-1'], '--seed -1 is not a whole number from 0 to 65,535.'],
    [['--limit', '0'], '--limit 0 is not a whole number from 1 to 999,999,999.'],
    [['--minutes', '0'], '--minutes 0 is not a number above 0.'],
    [['--minutes', 'many'], '--minutes many is not a number above 0.'],
    [['--loads', '1,,2'], '--loads 1,,2 is not a list of numbers above 0, as in 0.9,1.5.'],
    [['--noise', '2'], '--noise 2 is not a number from 0 to 1.'],
    [['--paper', 'blue'], '--paper blue is not one of white, grey.'],
  ])('says what is wrong with %j', (words, problem) => {
    expect(problemsOf('out', ...words)).toEqual({ kind: 'wrong', problems: [problem] });
  });

  it('asks for an operand that is missing, and refuses those that a command does not know', () => {
    expect(problemsOf()).toEqual({ kind: 'wrong', problems: ['Name one FOLDER: npm run draw -- FOLDER.'] });
    const none: Command<Record<string, never>> = { name: 'npm run measure', does: 'Measures.', options: {} };
    expect(readCommandLine(none, ['fast', 'slow'])).toMatchObject({
      problems: ['npm run measure takes options only; these are 2: fast, slow.'],
    });
    const known = { word: 'NAME', says: 'what is measured', least: 0, most: 2, known: ['memory', 'time'] };
    expect(readCommandLine({ ...none, operands: known }, ['size', 'time', 'age'])).toMatchObject({
      problems: ['There is no size; there are: memory, time.', 'There is no age; there are: memory, time.'],
    });
  });
});

const scripts = Object.entries(
  (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }).scripts,
).flatMap(([name, line]) => {
  const program = /\bnode ((?:local|bench|infra)\/\S+\.ts)$/.exec(line)?.[1];
  return program === undefined ? [] : [[name, program] as const];
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, ...words: readonly string[]): Promise<Run> {
  return new Promise((settle) => {
    execFile(process.execPath, [program, ...words], (error, stdout, stderr) => {
      settle({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe.concurrent('every npm script that runs a program of this repository', () => {
  it('is found here', ({ expect }) => {
    expect(scripts.map(([name]) => name)).toEqual(expect.arrayContaining(['start', 'samples', 'bench:live', 'infra']));
  });

  it.each(scripts)('%s prints its help', async (name, program) => {
    const { code, stdout, stderr } = await run(program, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^npm ${name === 'start' ? 'start' : `run ${name}`}\\b`));
  });

  // One reader for all but `connect`: two of those that use it are enough here.
  const readers = scripts.filter(([name]) => ['samples', 'bench:live', 'connect'].includes(name));
  it.each(readers)('%s names every unknown option, without a stack', async (_, program) => {
    const { code, stdout, stderr } = await run(program, '--colour', '--shape=round');
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/--colour/);
    expect(stderr).toMatch(/--shape/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
