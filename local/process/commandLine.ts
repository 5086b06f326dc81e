import { parseArgs } from 'node:util';
import type { Option } from './options.ts';

/** A program of this repository as its user meets it. */
export interface Command<Options extends OptionsByName> {
  /** How it is started: `npm run samples`. */
  readonly name: string;
  /** What it does, in lines of at most 100 characters. */
  readonly does: string;
  /** Words that are no options. Absent: it takes none. */
  readonly operands?: {
    readonly word: string;
    readonly says: string;
    readonly least: number;
    readonly most: number;
    /** The only ones that there are. */
    readonly known?: readonly string[];
  };
  /** By their names without dashes. */
  readonly options: Options;
}

/** A longer option has what it does on the line below. */
const MOST_LEFT = 24;

type OptionsByName = Readonly<Record<string, Option<unknown>>>;

export type OptionValues<Options extends OptionsByName> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never;
};

export type CommandLine<Options extends OptionsByName> =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
  | { readonly kind: 'run'; readonly values: OptionValues<Options>; readonly operands: readonly string[] };

/**
 * What the words after a command ask for; or every problem with them, a sentence each.
 *
 * @example
 * const command = { name: 'npm run draw', does: 'Draws.', options: { seed: wholeNumber('...', { fallback: 1 }) } };
 * readCommandLine(command, ['--seed', '7']); // { kind: 'run', values: { seed: 7 }, operands: [] }
 */
export function readCommandLine<Options extends OptionsByName>(
  command: Command<Options>,
  words: readonly string[],
): CommandLine<Options> {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(
        Object.entries(command.options).map(([name, { takes }]) => [name, { type: takes ? 'string' : 'boolean' }]),
      ),
    },
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return { kind: 'help', text: helpOf(command) };
  }
  const problems: string[] = [];
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const problem =
      wrongWord(token, command.options[token.name]) ?? (given.has(token.name) && `${token.rawName} was given twice.`);
    if (problem) problems.push(problem);
    else given.set(token.name, token.value ?? '');
  }
  const named = new Set(tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : [])));
  const values = Object.entries(command.options).map(([name, option]) => {
    if (named.has(name) && !given.has(name)) return [name, undefined];
    const value = option.read(given.get(name));
    if (value.kind === 'wrong') problems.push(`--${name} ${given.get(name)} ${value.problem}`);
    return [name, value.kind === 'read' ? value.value : undefined];
  });
  const operands = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  problems.push(...wrongOperands(command, operands));
  if (problems.length > 0) return { kind: 'wrong', problems };
  return { kind: 'run', values: Object.fromEntries(values) as OptionValues<Options>, operands };
}

function wrongWord(
  word: { readonly rawName: string; readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
  option: Option<unknown> | undefined,
): string | undefined {
  const { rawName, value } = word;
  if (!option) return `Unknown option '${rawName}'.`;
  if (!option.takes) return value === undefined ? undefined : `${rawName} takes no value, and ${value} was given.`;
  const isMissing = value === undefined || (word.inlineValue === false && value.startsWith('--'));
  return isMissing ? `${rawName} lacks its value: ${rawName} ${option.takes}.` : undefined;
}

function wrongOperands(command: Command<OptionsByName>, operands: readonly string[]): readonly string[] {
  const { word = '', least = 0, most = 0, known } = command.operands ?? {};
  const unknown = operands.filter((operand) => known?.includes(operand) === false);
  if (known && unknown.length > 0) return unknown.map((each) => `There is no ${each}; there are: ${known.join(', ')}.`);
  if (operands.length < least) return [`Name one ${word}: ${command.name} -- ${word}.`];
  if (operands.length <= most) return [];
  const rest = `${operands.length === 1 ? 'this is' : `these are ${operands.length}:`} ${operands.join(', ')}.`;
  return [most === 0 ? `${command.name} takes options only; ${rest}` : `One ${word} can be given; ${rest}`];
}

function helpOf({ name, does, operands, options }: Command<OptionsByName>): string {
  const { word = '', least = 0, most = 0, says = '' } = operands ?? {};
  const one = least === 0 ? `[${word}]` : word;
  const usage = most === 0 ? '[OPTION]...' : `${most > 1 ? `${one}...` : one} [OPTION]...`;
  const rows: (readonly [string, string])[] = [
    ...(operands ? [[word, says] as const] : []),
    ...Object.entries(options).map(
      ([key, { takes, says: said }]) => [`--${key}${takes ? ` ${takes}` : ''}`, said] as const,
    ),
    ['--help', 'this text'],
  ];
  const width = Math.min(MOST_LEFT, Math.max(...rows.map(([left]) => left.length))) + 3;
  const indent = `\n${' '.repeat(width + 2)}`;
  const lines = rows.map(([left, right]) => {
    const gap = left.length > MOST_LEFT ? indent : ' '.repeat(width - left.length);
    return `  ${left}${gap}${right.replaceAll('\n', indent)}`;
  });
  return [`${name} -- ${usage}`, '', does, '', ...lines].join('\n');
}

/**
 * The words of this process. Where they ask for help it is printed and the process ends with 0; where they are wrong each
 * problem is a line of standard error, and the process ends with `wrongExitCode`.
 */
export function commandLineOrExit<Options extends OptionsByName>(
  command: Command<Options>,
  wrongExitCode = 1,
): { readonly values: OptionValues<Options>; readonly operands: readonly string[] } {
  const read = readCommandLine(command, process.argv.slice(2));
  if (read.kind === 'run') return read;
  if (read.kind === 'help') {
    console.log(read.text);
    process.exit(0);
  }
  for (const problem of read.problems) console.error(problem);
  console.error(`${command.name} -- --help lists what it takes.`);
  process.exit(wrongExitCode);
}
