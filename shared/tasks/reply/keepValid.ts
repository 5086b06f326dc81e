import { z } from 'zod';
import { parseAmount } from '../numbers/readNumbers.ts';
import { type JsonSchema, resolved, typesOf } from '../schema/jsonSchema.ts';
import { valueAt } from '../schema/jsonValue.ts';

/** The most rounds: each repairs what the one before revealed, and a shape is at most this deep. */
const MAX_ROUNDS = 12;

interface Shape {
  readonly shape: JsonSchema;
  /**
   * The replacement of a value that cannot be repaired and may not be null. `last`: of an enumeration the last value,
   * the weakest one in all our own shapes; nothing for a number. `zero`: 0 and false, as the prompt says for
   * fields that the image does not show; nothing for an enumeration.
   */
  readonly blanks: 'last' | 'zero';
}

interface KeptValue<Value> {
  readonly value: Value;
  /** Paths of what was missing or could not be repaired, such as `fields.lines[0].count`. */
  readonly emptied: readonly string[];
}

/**
 * The part of a value that fits a schema. Scalars of the wrong type are converted, a single value becomes a list of
 * one, absent lists and texts become empty. Items that cannot be repaired and unknown keys are left out. Undefined if
 * nothing of the value belongs to the shape.
 */
export function keepValid<Value>(
  schema: z.ZodType<Value>,
  value: Readonly<Record<string, unknown>>,
  { shape, blanks }: Shape,
): KeptValue<Value> | undefined {
  if (!Object.keys(shape.properties ?? {}).some((name) => hasContent(value[name]))) return undefined;
  const candidate: unknown = structuredClone(value);
  const emptied = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return { value: parsed.data, emptied: [...emptied] };
    const lost: Item[] = [];
    for (const issue of parsed.error.issues) {
      if (issue.code === 'unrecognized_keys') {
        leaveOutKeys(valueAt(candidate, issue.path), issue.keys);
        continue;
      }
      const mended = mend(candidate, issue.path, { shape, blanks });
      if (mended === 'emptied') emptied.add(z.core.toDotPath(issue.path));
      else if (mended !== 'converted' && mended !== undefined) lost.push(mended);
    }
    leaveOut(lost);
  }
  return undefined;
}

function leaveOutKeys(holder: unknown, keys: readonly string[]): void {
  if (isHolder(holder)) for (const key of keys) Reflect.deleteProperty(holder, key);
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function hasContent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

interface Item {
  readonly list: unknown[];
  readonly place: number;
}

/** Repairs the value at a path in place, or marks the innermost list item around it as lost. */
function mend(
  candidate: unknown,
  path: readonly PropertyKey[],
  { shape, blanks }: Shape,
): 'converted' | 'emptied' | Item | undefined {
  let schema = shape;
  let holder: unknown = candidate;
  let item: Item | undefined;
  for (const [depth, key] of path.entries()) {
    if (!isHolder(holder)) return undefined;
    if (Array.isArray(holder) && typeof key === 'number') item = { list: holder, place: key };
    schema = resolved(typeof key === 'number' ? schema.items : schema.properties?.[String(key)], shape);
    if (depth < path.length - 1) {
      holder = Reflect.get(holder, key);
      continue;
    }
    const converted = convert(Reflect.get(holder, key), schema);
    const mended = converted ?? emptyOf(schema, blanks);
    if (mended === undefined) return item;
    Object.defineProperty(holder, key, { value: mended, enumerable: true, configurable: true, writable: true });
    return converted === undefined ? 'emptied' : 'converted';
  }
  return undefined;
}

/** From the end of each list, so that no index shifts; an item with two faults is removed once. */
function leaveOut(lost: readonly Item[]): void {
  const places = new Map<unknown[], Set<number>>();
  for (const { list, place } of lost) places.set(list, (places.get(list) ?? new Set()).add(place));
  for (const [list, set] of places) {
    for (const place of [...set].sort((one, other) => other - one)) list.splice(place, 1);
  }
}

/** The value converted to the requested type; undefined if it cannot be. */
function convert(value: unknown, schema: JsonSchema): unknown {
  const types = typesAndNull(schema);
  if (schema.enum !== undefined) return schema.enum.find((choice) => isSameWord(choice, value));
  if (types.includes('array') && !Array.isArray(value) && hasContent(value)) return [value];
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (typeof value !== 'string') return undefined;
  if (types.includes('boolean') && /^(?:true|false)$/i.test(value.trim())) return value.trim().toLowerCase() === 'true';
  if (!types.includes('number') && !types.includes('integer')) return undefined;
  // "12 km" has a unit, "1.2 M" another size: only the first could be dropped, but they cannot be distinguished.
  const amount = /\p{L}/u.test(value) ? undefined : parseAmount(value);
  return types.includes('number') || Number.isSafeInteger(amount) ? amount : undefined;
}

function isSameWord(choice: unknown, value: unknown): boolean {
  return typeof choice === 'string' && typeof value === 'string' && choice.toLowerCase() === value.trim().toLowerCase();
}

/** The weakest value of a shape, such as an empty list; undefined if it has none. */
function emptyOf(schema: JsonSchema, blanks: Shape['blanks']): unknown {
  const types = typesAndNull(schema);
  if (types.includes('null')) return null;
  if (schema.enum !== undefined) return blanks === 'last' ? schema.enum.at(-1) : undefined;
  if (types.includes('array')) return [];
  if (types.includes('string')) return '';
  if (blanks === 'zero' && (types.includes('number') || types.includes('integer'))) return 0;
  if (blanks === 'zero' && types.includes('boolean')) return false;
  if (schema.properties === undefined) return undefined;
  const entries = Object.entries(schema.properties).map(
    ([name, property]) => [name, emptyOf(property, blanks)] as const,
  );
  return entries.every(([, value]) => value !== undefined) ? Object.fromEntries(entries) : undefined;
}

function typesAndNull({ type, anyOf }: JsonSchema): readonly string[] {
  return anyOf?.some((choice) => choice.type === 'null') === true ? [...typesOf(type), 'null'] : typesOf(type);
}
