/** The names that a misspelt one most likely meant, nearest first. `nearestNames('gtp-4o', ['o1', 'gpt-4o'])[0]` is 'gpt-4o'. */
export function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  const short = wanted.trim().toLowerCase().slice(0, 40);
  return names
    .map((name) => ({ name, edits: editsBetween(short, name) }))
    .sort((a, b) => a.edits - b.edits || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
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
