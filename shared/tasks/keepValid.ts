import type { z } from 'zod';
import type { JsonSchema } from './jsonSchema.ts';
import { resolve } from './shapeInWords.ts';

/** Each round mends what the one before brought to light; a shape is at most this deep. */
const MAX_ROUNDS = 12;

const NUMBERS: Readonly<Record<string, RegExp>> = { number: /^-?\d+(\.\d+)?$/, integer: /^-?\d{1,15}$/ };

export interface Shape {
  readonly shape: JsonSchema;
  /** `last`: the last value of an enumeration is the one that claims least, as in all our own shapes. */
  readonly enums: 'last' | 'none';
}

/**
 * What of a value fits a schema: scalars of the wrong type are converted, absent lists and texts are read as empty,
 * items that cannot be mended are left out. Undefined where nothing of the value belongs to the shape.
 */
export function keepValid<Value>(
  schema: z.ZodType<Value>,
  value: Readonly<Record<string, unknown>>,
  { shape, enums }: Shape,
): { readonly value: Value } | undefined {
  if (!Object.keys(shape.properties ?? {}).some((name) => hasContent(value[name]))) return undefined;
  const candidate: unknown = structuredClone(value);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return { value: parsed.data };
    const lost = parsed.error.issues.flatMap(({ path }) => mend(candidate, path, { shape, enums }) ?? []);
    leaveOut(lost);
  }
  return undefined;
}

function hasContent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

interface Item {
  readonly list: unknown[];
  readonly place: number;
}

/** Mends the value at a path in place, or names the innermost list item around it as lost. */
function mend(candidate: unknown, path: readonly PropertyKey[], { shape, enums }: Shape): Item | undefined {
  let schema = shape;
  let holder: unknown = candidate;
  let item: Item | undefined;
  for (const [depth, key] of path.entries()) {
    if (typeof holder !== 'object' || holder === null) return undefined;
    if (Array.isArray(holder) && typeof key === 'number') item = { list: holder, place: key };
    schema = plain(typeof key === 'number' ? schema.items : schema.properties?.[String(key)], shape);
    if (depth < path.length - 1) {
      holder = Reflect.get(holder, key);
      continue;
    }
    const mended = conform(Reflect.get(holder, key), schema, enums);
    if (mended === undefined) return item;
    Object.defineProperty(holder, key, { value: mended, enumerable: true, configurable: true, writable: true });
  }
  return undefined;
}

/** From the end of each list, so that no item moves before its turn; an item with two faults is left out once. */
function leaveOut(lost: readonly Item[]): void {
  const places = new Map<unknown[], Set<number>>();
  for (const { list, place } of lost) places.set(list, (places.get(list) ?? new Set()).add(place));
  for (const [list, set] of places) {
    for (const place of [...set].sort((one, other) => other - one)) list.splice(place, 1);
  }
}

/** The schema itself, or what it refers to. */
function plain(schema: JsonSchema | undefined, root: JsonSchema): JsonSchema {
  if (schema?.$ref !== undefined) return resolve(schema.$ref, root);
  return schema ?? {};
}

function conform(value: unknown, schema: JsonSchema, enums: 'last' | 'none'): unknown {
  const types = typesOf(schema);
  if (schema.enum === undefined) {
    if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
    if (typeof value === 'string' && types.some((type) => NUMBERS[type]?.test(value) === true)) return Number(value);
  }
  return emptyOf(schema, enums);
}

/** The value of a shape that claims the least; undefined where every value claims something. */
function emptyOf(schema: JsonSchema, enums: 'last' | 'none'): unknown {
  const types = typesOf(schema);
  if (types.includes('null')) return null;
  if (schema.enum !== undefined) return enums === 'last' ? schema.enum.at(-1) : undefined;
  if (types.includes('array')) return [];
  if (types.includes('string')) return '';
  if (schema.properties === undefined) return undefined;
  const entries = Object.entries(schema.properties).map(
    ([name, property]) => [name, emptyOf(property, enums)] as const,
  );
  return entries.every(([, value]) => value !== undefined) ? Object.fromEntries(entries) : undefined;
}

function typesOf(schema: JsonSchema): readonly string[] {
  const own = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return schema.anyOf?.some((choice) => choice.type === 'null') === true ? [...own, 'null'] : own;
}
