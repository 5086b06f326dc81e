import type { Answer } from '../reading.ts';
import { type JsonSchema, resolved } from '../schema/jsonSchema.ts';
import { isRecord } from '../schema/jsonValue.ts';

/** This part of the content's keys must be there: a single one, such as a title, may belong to anything. */
const LEAST_PART = 0.5;

/**
 * The reply as it should have come where a model left its envelope out and sent what belongs under the key `content`: the
 * fields, or one item or several of a list. Else the value itself; of a list that holds no such item, nothing.
 *
 * For `objects`, `{"name":"cup","count":1,"counted":"each"}` and a list of such become `{ objects: [...] }`.
 */
export function inEnvelope(value: unknown, content: string | undefined, shape: JsonSchema): Answer {
  const reply = isRecord(value) ? value : {};
  if (content === undefined || Object.hasOwn(reply, content)) return reply;
  const schema = resolved(shape.properties?.[content], shape);
  if (schema.items === undefined) return holdsMost(value, schema) ? { ...reply, [content]: value } : reply;
  const item = resolved(schema.items, shape);
  const items = (Array.isArray(value) ? value : [value]).filter((one) => holdsMost(one, item));
  return items.length === 0 ? reply : { ...reply, [content]: items };
}

function holdsMost(value: unknown, { properties = {} }: JsonSchema): boolean {
  const names = Object.keys(properties);
  if (!isRecord(value) || names.length === 0) return false;
  return names.filter((name) => Object.hasOwn(value, name)).length >= names.length * LEAST_PART;
}
