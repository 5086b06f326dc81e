import type { JsonSchema } from './jsonSchema.ts';

/**
 * The first part of a schema whose values never end, because each must hold another one: a text that a model would write
 * until it is cut. Undefined where every loop can stop, at a list that may be empty or a choice that may be null.
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
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length === 0 || types.some((type) => type !== 'object')) return true;
  return Object.values(schema.properties ?? {}).every((property) => ends(property, ending));
}
