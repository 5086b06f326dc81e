import { editsBetween } from '../../catalog/nearestNames.ts';

/** Where one sequence overlaps the next. */
interface Overlap {
  /** How many of the first are kept: those up to a place that both have, in the middle of what they share. */
  readonly keep: number;
  /** How many of the second are left out: those up to the same place. */
  readonly drop: number;
}

interface OverlapQuestion {
  /** About how many of the second stand in the first as well; longer overlaps are found too. */
  readonly expected: number;
  /** The score if both have this item. */
  readonly worthOf: (token: string) => number;
  /** The cost of an item that only the edge of one sequence has: a line cut there may be read as anything. */
  readonly edgeCost: number;
  /** Matches with a lower score are chance. */
  readonly least: number;
}

const UNLIKE_COST = 1;
/** Two numbers that differ say more against an overlap than any word beside them for it: "Invoice 1003", "Invoice 1004". */
const OTHER_NUMBER_COST = 10;
/** A number that only one of them has: it is seldom read out of nothing. */
const NUMBER_COST = 5;
/** Different in a quarter of their letters, two words may still be the same one, read twice. */
const ALIKE_PART = 0.25;
/** A shorter word with another letter is another word. */
const LEAST_ALIKE_LENGTH = 4;
/** More than that is not looked at: an overlap is at most a quarter of a part, and looking takes time by its square. */
const LONGEST_OVERLAP = 400;

/**
 * Where the end of one sequence is the beginning of another, though each may have been read a little differently and
 * though the edges may hold what only one of them has; undefined where they share nothing. Of several places the one
 * nearest to the expected overlap: text that repeats itself fits at many.
 *
 * Of `a b c d e` and `d e f g` three to five are kept, and none of `d e` comes twice.
 */
export function findOverlap(
  first: readonly string[],
  second: readonly string[],
  question: OverlapQuestion,
): Overlap | undefined {
  const most = Math.min(first.length, LONGEST_OVERLAP);
  const [ends, beginnings] = [first.slice(first.length - most).map(toToken), second.slice(0, 2 * most).map(toToken)];
  for (let looked = Math.max(1, Math.ceil(question.expected)); ; looked *= 2) {
    const window = Math.min(looked, most);
    const offset = first.length - window;
    const found = align(ends.slice(most - window), beginnings.slice(0, 2 * window), question);
    if (found) return { keep: offset + found.keep, drop: found.drop };
    if (window >= most) return undefined;
  }
}

interface Token {
  readonly text: string;
  readonly digits: string;
  /** Digits for the most part. */
  readonly isNumber: boolean;
}

function toToken(text: string): Token {
  const digits = text.replaceAll(/\P{Nd}/gu, '');
  return { text, digits, isNumber: 2 * digits.length > text.length };
}

interface Cell {
  readonly score: number;
  /** Where the best way to here came from. */
  readonly from: 'start' | 'both' | 'first' | 'second';
}

/** The best alignment of an end of `first` with a beginning of `second`, as in the comparison of sequences of genes. */
function align(first: readonly Token[], second: readonly Token[], question: OverlapQuestion): Overlap | undefined {
  const { edgeCost, least, worthOf } = question;
  const sumOfCosts = (tokens: readonly Token[]): readonly number[] =>
    tokens.reduce(
      (sums, token) => {
        sums.push((sums.at(-1) ?? 0) + (token.isNumber ? NUMBER_COST : edgeCost));
        return sums;
      },
      [0],
    );
  const beginnings = sumOfCosts(second);
  const ends = sumOfCosts(first.toReversed());
  const rows: Cell[][] = [beginnings.map((cost) => ({ score: -cost, from: 'start' }))];
  let best = { score: 0, one: 0, other: 0 };
  for (const [at, one] of first.entries()) {
    const above = rows[at] ?? [];
    const row: Cell[] = [{ score: 0, from: 'start' }];
    for (const [place, other] of second.entries()) {
      const choices: readonly Cell[] = [
        { score: (above[place]?.score ?? 0) + likeness(one, other, worthOf), from: 'both' },
        { score: (above[place + 1]?.score ?? 0) - costOfLeavingOut(one), from: 'first' },
        { score: (row[place]?.score ?? 0) - costOfLeavingOut(other), from: 'second' },
      ];
      const cell = choices.reduce((most, choice) => (choice.score > most.score ? choice : most), {
        score: -(beginnings[place + 1] ?? 0),
        from: 'start',
      } as Cell);
      row.push(cell);
      const score = cell.score - (ends[first.length - at - 1] ?? 0);
      if (score > best.score) best = { score, one: at + 1, other: place + 1 };
    }
    rows.push(row);
  }
  return best.score < least ? undefined : middleOf(rows, best, { first, second });
}

/** Of the pairs that both sequences have, the middle one: farthest from both edges. */
function middleOf(
  rows: readonly (readonly Cell[])[],
  end: { readonly one: number; readonly other: number },
  { first, second }: { readonly first: readonly Token[]; readonly second: readonly Token[] },
): Overlap | undefined {
  const pairs: Overlap[] = [];
  let { one, other } = end;
  for (let cell = rows[one]?.[other]; cell && cell.from !== 'start'; cell = rows[one]?.[other]) {
    const pair = [first[one - 1], second[other - 1]] as const;
    if (cell.from === 'both' && pair[0] && pair[1] && likeness(pair[0], pair[1], () => 1) > 0) {
      pairs.push({ keep: one, drop: other });
    }
    if (cell.from !== 'second') one -= 1;
    if (cell.from !== 'first') other -= 1;
  }
  return pairs[Math.floor(pairs.length / 2)];
}

function likeness(one: Token, other: Token, worthOf: (token: string) => number): number {
  if (one.text === other.text) return worthOf(one.text);
  if (one.digits !== '' && other.digits !== '' && one.digits !== other.digits) return -OTHER_NUMBER_COST;
  const unlike = -Math.max(costOfLeavingOut(one), costOfLeavingOut(other));
  const length = Math.max(one.text.length, other.text.length);
  const mostEdits = Math.floor(length * ALIKE_PART);
  if (length < LEAST_ALIKE_LENGTH || Math.abs(one.text.length - other.text.length) > mostEdits) return unlike;
  return editsBetween(one.text, other.text) <= mostEdits ? worthOf(one.text) / 2 : unlike;
}

function costOfLeavingOut({ isNumber }: Token): number {
  return isNumber ? NUMBER_COST : UNLIKE_COST;
}
