/**
 * Whether lists and objects lie within each other more than so many levels deep; told without recursion, for what comes
 * from outside may be deeper than the stack. `isNestedDeeperThan([[1]], 1)` is true.
 */
export function isNestedDeeperThan(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    level = level.flatMap((part) => (part !== null && typeof part === 'object' ? [Object.values(part)] : [])).flat();
    if (level.length > 0 && depth >= levels) return true;
  }
  return false;
}
