import type { z } from 'zod';

/** Where a row or a blob lies: its table and key, or its container and name. */
interface StoredPlace {
  readonly home: string;
  readonly key: string;
}

/**
 * Stored data is not what Argus writes: it was changed by hand, by another program, or by another version of Argus. An
 * operator restores or deletes it; other data is not affected.
 */
export class SpoiltRow extends Error {
  override readonly name = 'SpoiltRow';
  readonly place: StoredPlace;
  /** What is wrong, without any content. */
  readonly problem: string;

  constructor(place: StoredPlace, problem: string) {
    super(`${place.home}/${place.key} cannot be read: ${problem}. Restore it, or delete it.`);
    this.place = place;
    this.problem = problem;
  }
}

/**
 * Parses a stored value with its schema.
 *
 * @throws {SpoiltRow}
 */
export function parseStored<Value>(schema: z.ZodType<Value>, value: unknown, place: StoredPlace): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SpoiltRow(place, problemOf(parsed.error));
}

/**
 * Parses a stored JSON text with its schema.
 *
 * @throws {SpoiltRow}
 */
export function parseStoredJson<Value>(schema: z.ZodType<Value>, json: string, place: StoredPlace): Value {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's message quotes the text.
    throw new SpoiltRow(place, 'its JSON cannot be parsed');
  }
  return parseStored(schema, value, place);
}

/** The first thing that is wrong; a schema's messages name kinds and choices, and no values. */
function problemOf({ issues }: z.ZodError): string {
  const [first] = issues;
  if (!first) return 'it has another shape';
  const message = first.message.replace(/^Invalid input: /, '').replace(/\.$/, '');
  return first.path.length === 0 ? message : `${first.path.map(String).join('.')}: ${message}`;
}
