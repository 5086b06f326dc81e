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
