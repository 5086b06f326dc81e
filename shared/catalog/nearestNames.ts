/** The names that a misspelt one most likely meant, nearest first. `nearestNames('gtp-4o', ['o1', 'gpt-4o'])[0]` is 'gpt-4o'. */
export function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  const short = wanted.trim().toLowerCase().slice(0, 40);
  return names
    .map((name) => ({ name, edits: editsBetween(short, name) }))
    .sort((a, b) => a.edits - b.edits || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's distance: letters to put in, take out or change. */
export function editsBetween(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
