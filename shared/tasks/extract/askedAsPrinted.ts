import { type JsonSchema, typesOf } from '../schema/jsonSchema.ts';

/**
 * The shape to request from a model: numbers as printed text, because only the other numbers of the image show whether
 * 1.234 is a thousand or one. Fields that may also be text, and enumerated numbers, stay as they are.
 */
export function askedAsPrinted(schema: JsonSchema): JsonSchema {
  const { properties, items, anyOf, $defs } = schema;
  const mayBeText = anyOf?.some(({ type }) => typesOf(type).includes('string')) ?? false;
  return {
    ...schema,
    ...(isNumeric(schema) ? { type: asText(schema.type) } : {}),
    ...(properties === undefined ? {} : { properties: each(properties) }),
    ...(items === undefined ? {} : { items: askedAsPrinted(items) }),
    ...(anyOf === undefined || mayBeText ? {} : { anyOf: anyOf.map(askedAsPrinted) }),
    ...($defs === undefined ? {} : { $defs: each($defs) }),
  };
}

/** Whether the schema allows a number and no text. */
export function isNumeric(schema: JsonSchema): boolean {
  const types = typesOf(schema.type);
  if (schema.enum !== undefined || schema.const !== undefined || types.includes('string')) return false;
  return types.includes('number') || types.includes('integer');
}

function asText(type: JsonSchema['type']): string | readonly string[] {
  const [only, ...others] = new Set(
    typesOf(type).map((one) => (one === 'number' || one === 'integer' ? 'string' : one)),
  );
  return others.length === 0 ? (only ?? 'string') : [only ?? 'string', ...others];
}

function each(schemas: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, askedAsPrinted(schema)]));
}
