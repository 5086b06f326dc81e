/** More letters than this apart, two names are not taken for the same word. */
const MOST_DIFFERENT = 2;

/** Longer names are compared with none: the comparison takes the product of both lengths. */
const LONGEST_COMPARED = 40;

/** The three names that a misspelt one most likely meant, however far they are, nearest first. `nearestNames('gtp-4o', ['o1', 'gpt-4o'])[0]` is 'gpt-4o'. */
export function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  const short = wanted.trim().toLowerCase().slice(0, LONGEST_COMPARED);
  return names
    .map((name) => ({ name, edits: editsBetween(short, name) }))
    .sort((a, b) => a.edits - b.edits || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** The known name that differs least, by at most two letters or only by case, hyphens and underscores; else undefined. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_COMPARED) return undefined;
  const wanted = bare(name);
  const [nearest] = known
    .map((each) => ({ each, apart: editsBetween(wanted, bare(each), { swapsAreOne: true }) }))
    .filter(({ each, apart }) => apart <= Math.min(MOST_DIFFERENT, Math.floor(each.length / 3)))
    .toSorted((a, b) => a.apart - b.apart);
  return nearest?.each;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/**
 * Levenshtein's distance: letters to put in, take out or change.
 *
 * @param swapsAreOne two neighbours in each other's place are one edit, not two (optimal string alignment)
 */
export function editsBetween(from: string, to: string, { swapsAreOne = false } = {}): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = swapsAreOne && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swap = isSwap ? (beforeLast[column - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, swap, (last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    [beforeLast, last] = [last, next];
  }
  return last.at(-1) ?? 0;
}
