import { type JsonSchema, resolved, typesOf } from './jsonSchema.ts';

/**
 * A JSON Schema as a skeleton of the answer, for models that take no schema: itself JSON, each value saying what stands
 * in its place. `shapeInWords({ type: 'object', properties: { count: { type: 'integer' } } })` is `'{"count":"integer"}'`.
 */
export function shapeInWords(schema: JsonSchema): string {
  return JSON.stringify(skeleton(schema, schema, []));
}

function skeleton(schema: JsonSchema, root: JsonSchema, within: readonly string[]): unknown {
  if (schema.$ref !== undefined) {
    if (within.includes(schema.$ref)) return `again as in ${schema.$ref.split('/').at(-1) ?? ''}`;
    return skeleton(resolved(schema, root), root, [...within, schema.$ref]);
  }
  if (schema.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, skeleton(property, root, within)]),
    );
  }
  if (schema.items !== undefined) return [skeleton(schema.items, root, within)];
  const description = schema.description === undefined ? '' : `: ${schema.description}`;
  if (schema.anyOf !== undefined) {
    const others = schema.anyOf.filter((choice) => choice.type !== 'null');
    const [only] = others;
    if (others.length === 1 && only !== undefined) {
      const inner = skeleton(only, root, within);
      return typeof inner === 'string' ? `${inner}|null${description}` : inner;
    }
    const choices = others.map((choice) => skeleton(choice, root, within));
    return choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice))).join(' or ');
  }
  if (schema.enum !== undefined) return `${schema.enum.map(String).join('|')}${description}`;
  if (schema.const !== undefined) return String(schema.const);
  return `${typesOf(schema.type ?? 'any').join('|')}${description}`;
}
