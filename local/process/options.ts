/** An option of a command: what it takes, what its help says, and how its text is read. */
export interface Option<Value> {
  /** What stands for its value in the help: `N`. Absent: it is a flag. */
  readonly takes?: string;
  readonly says: string;
  /** @param text undefined where the option was not given */
  read(text: string | undefined): ReadOption<Value>;
}

type ReadOption<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** `is not a number`: the end of a sentence that begins with the option and its text. */
  | { readonly kind: 'wrong'; readonly problem: string };

const MOST = 999_999_999;

/** True where it is given. */
export function flag(says: string): Option<boolean> {
  return { says, read: (text) => ({ kind: 'read', value: text !== undefined }) };
}

/** Any text: `text('FILE', 'the charges are written there')`. */
export function text(takes: string, says: string): Option<string | undefined> {
  return { takes, says, read: (given) => ({ kind: 'read', value: given }) };
}

interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** From 0 to 999,999,999 unless bounds say otherwise. */
export function wholeNumber(
  says: string,
  { fallback, ...bounds }: Bounds & { readonly fallback: number },
): Option<number> {
  const read = maybeWholeNumber(says, bounds).read;
  return {
    takes: 'N',
    says: withDefault(says, `${fallback}`),
    read: (given) => (given === undefined ? { kind: 'read', value: fallback } : (read(given) as ReadOption<number>)),
  };
}

/** Without a default: undefined where it is absent. */
export function maybeWholeNumber(says: string, { least = 0, most = MOST }: Bounds = {}): Option<number | undefined> {
  return {
    takes: 'N',
    says,
    read: (given) => {
      if (given === undefined) return { kind: 'read', value: undefined };
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (value >= least && value <= most) return { kind: 'read', value };
      const range = [least, most].map((bound) => bound.toLocaleString('en-US')).join(' to ');
      return { kind: 'wrong', problem: `is not a whole number from ${range}.` };
    },
  };
}

/** A number above 0, with or without decimals. */
export function amount(says: string, fallback: number): Option<number> {
  return {
    takes: 'N',
    says: withDefault(says, `${fallback}`),
    read: (given) => {
      const value = given === undefined ? fallback : aboveZero(given);
      return value === undefined ? { kind: 'wrong', problem: 'is not a number above 0.' } : { kind: 'read', value };
    },
  };
}

/** Numbers above 0, separated by commas. */
export function amounts(says: string, fallback: readonly number[]): Option<readonly number[]> {
  return {
    takes: 'N,N',
    says: withDefault(says, fallback.join(',')),
    read: (given) => {
      const value = given === undefined ? fallback : given.split(',').map(aboveZero);
      return value.every((each) => each !== undefined)
        ? { kind: 'read', value }
        : { kind: 'wrong', problem: 'is not a list of numbers above 0, as in 0.9,1.5.' };
    },
  };
}

function aboveZero(given: string): number | undefined {
  const value = /^(?:\d+\.?\d*|\.\d+)$/.test(given) ? Number(given) : 0;
  return value > 0 ? value : undefined;
}

/** A number from 0 to 1. */
export function rate(says: string, fallback: number): Option<number> {
  return {
    takes: 'R',
    says: withDefault(says, `${fallback}`),
    read: (given) => {
      if (given === undefined) return { kind: 'read', value: fallback };
      if (/^(?:0|1|0?\.\d+)$/.test(given)) return { kind: 'read', value: Number(given) };
      return { kind: 'wrong', problem: 'is not a number from 0 to 1.' };
    },
  };
}

/** A day, as in 2026-06-06. */
export function day(says: string): Option<string | undefined> {
  return {
    takes: 'YYYY-MM-DD',
    says,
    read: (given) => {
      if (given === undefined || /^\d{4}-\d{2}-\d{2}$/.test(given)) return { kind: 'read', value: given };
      return { kind: 'wrong', problem: 'is not a day such as 2026-06-06.' };
    },
  };
}

/** One of a few words, the first where it is absent. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  says: string,
): Option<Words[number]> {
  return {
    takes: words.join('|'),
    says: withDefault(says, words[0]),
    read: (given) => {
      const value = given === undefined ? words[0] : words.find((word) => word === given);
      return value === undefined
        ? { kind: 'wrong', problem: `is not one of ${words.join(', ')}.` }
        : { kind: 'read', value };
    },
  };
}

function withDefault(says: string, fallback: string): string {
  return `${says} (default: ${fallback})`;
}
