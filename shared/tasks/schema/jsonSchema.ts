import { z } from 'zod';
import { oncePer } from '../../concurrency/once.ts';

/** The part of JSON Schema that structured outputs take. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly description?: string;
}

/** The zod schema as JSON Schema, without the keywords that structured outputs refuse, and without descriptions. */
export const wireSchemaOf = oncePer((schema: z.ZodType): JsonSchema => keep(z.toJSONSchema(schema) as JsonSchema));

/** `wire`: what the model is asked for, where more than that is taken. */
function keep(schema: JsonSchema & { readonly wire?: JsonSchema }): JsonSchema {
  if (schema.wire !== undefined) return schema.wire;
  const { type, properties, required, items, anyOf } = schema;
  return {
    ...(type === undefined ? {} : { type }),
    ...(schema.enum === undefined ? {} : { enum: schema.enum }),
    ...(schema.const === undefined ? {} : { const: schema.const }),
    ...(items === undefined ? {} : { items: keep(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(keep) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, keep(property)])),
          required: required ?? [],
          additionalProperties: false as const,
        }),
  };
}

export function typesOf(type: JsonSchema['type']): readonly string[] {
  return typeof type === 'string' ? [type] : (type ?? []);
}

/** The schema itself, or what it refers to within the root; `#` is the whole. */
export function resolved(schema: JsonSchema | undefined, root: JsonSchema): JsonSchema {
  if (schema?.$ref === undefined) return schema ?? {};
  let found: unknown = root;
  for (const part of schema.$ref.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? Reflect.get(found, name) : {};
  }
  return typeof found === 'object' && found !== null ? found : {};
}

/** What may stand where a schema does: the schema itself, or each of its choices, references followed. */
export function choicesOf(schema: JsonSchema, root: JsonSchema, seen = new Set<JsonSchema>()): readonly JsonSchema[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  if (schema.$ref !== undefined) return choicesOf(resolved(schema, root), root, seen);
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap((choice) => choicesOf(choice, root, seen));
}
