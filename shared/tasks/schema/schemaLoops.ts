import { type JsonSchema, typesOf } from './jsonSchema.ts';

/**
 * The first part of a schema whose values never end, because each must hold another one: a model would write until it
 * is cut. Undefined where every loop can stop, at a list that may be empty or a choice that may be null.
 *
 * `findEndless({ type: 'object', properties: { next: { $ref: '#' } } })` is `'#'`.
 *
 * @param schema within the subset that `checkSchemaSubset` checks
 */
export function findEndless(schema: JsonSchema): string | undefined {
  const parts = new Map<string, JsonSchema>([
    ...Object.entries(schema.$defs ?? {}).map(([name, part]) => [`#/$defs/${name}`, part] as const),
    ['#', schema],
  ]);
  const ending = new Set<string>();
  for (let before = -1; before < ending.size; ) {
    before = ending.size;
    for (const [reference, part] of parts) if (ends(part, ending)) ending.add(reference);
  }
  return [...parts.keys()].find((reference) => !ending.has(reference));
}

function ends(schema: JsonSchema, ending: ReadonlySet<string>): boolean {
  if (schema.$ref !== undefined) return ending.has(schema.$ref);
  if (schema.anyOf !== undefined) return schema.anyOf.some((choice) => ends(choice, ending));
  const types = typesOf(schema.type);
  if (types.length === 0 || types.some((type) => type !== 'object')) return true;
  return Object.values(schema.properties ?? {}).every((property) => ends(property, ending));
}

/**
 * The definition of a schema that refers back to itself with no object or list between: no value fits it, and reading one
 * would never end. Undefined where every loop passes through an object or a list, as a tree does.
 */
export function findReferenceLoop(definitions: Readonly<Record<string, unknown>>): string | undefined {
  const targets = new Map(
    Object.entries(definitions).map(([name, definition]) => [`#/$defs/${name}`, directReferences(definition)]),
  );
  for (const start of targets.keys()) {
    const seen = new Set<string>();
    const open = [...(targets.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === start) return start;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(targets.get(next) ?? []));
    }
  }
  return undefined;
}

/** What a schema refers to as itself or as one of its choices, not within its properties or items. */
function directReferences(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const reference: unknown = Reflect.get(schema, '$ref');
  if (typeof reference === 'string') return [reference];
  const choices: unknown = Reflect.get(schema, 'anyOf');
  return Array.isArray(choices) ? choices.flatMap(directReferences) : [];
}
