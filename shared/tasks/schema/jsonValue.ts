/** Values of JSON. */

/** Whether a value of JSON is an object: no list, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, with indexes for lists: `valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])` is 1. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  );
}

/**
 * Whether lists and objects lie within each other more than so many levels deep; without recursion, for a value from
 * outside may be deeper than the stack. `isNestedDeeperThan([[1]], 1)` is true.
 */
export function isNestedDeeperThan(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    level = level.flatMap((part) => (part !== null && typeof part === 'object' ? [Object.values(part)] : [])).flat();
    if (level.length > 0 && depth >= levels) return true;
  }
  return false;
}

/**
 * The number that a decimal text of JSON stands for; undefined where a double holds other digits than these, as of
 * integers above 2^53, or none. `exactNumber('0.10')` is 0.1, `exactNumber('9007199254740993')` is undefined.
 */
export function exactNumber(decimal: string): number | undefined {
  const value = Number(decimal);
  if (!Number.isFinite(value) || significantDigits(String(value)) !== significantDigits(decimal)) return undefined;
  return value === 0 ? 0 : value;
}

function significantDigits(decimal: string): string {
  const digits = decimal.replace(/e.*$/i, '').replace(/[-.]/g, '');
  return digits.replace(/^0+/, '').replace(/(?<!0)0+$/, '');
}
