import type { Answer } from '../reading.ts';
import { choicesOf, type JsonSchema } from '../schema/jsonSchema.ts';

/** The longest path; a longer text is not a path. */
const MAX_CHARACTERS = 1000;
/** Some models name fields by their path in the whole answer. */
const FROM_ROOT = /^(?:\$\.)?(?:fields\.)?/;

/**
 * The paths of fields that a model says the image does not show, as far as the fields bear it out: each once, from the
 * caller's root; of what stands within a field that is empty, that field. A path that leads nowhere is left out, and so is
 * that of a value, unless its field could hold nothing that says "not shown", as an enumeration without null.
 *
 * `missingFields(['fields.total', 'lines[0].unit', 'colour'], { total: null, lines: [] }, schema)` is `['total', 'lines']`.
 */
export function missingFields(named: readonly string[], fields: Answer, schema: JsonSchema): readonly string[] {
  const places = new Map<string, Place>();
  notePlaces(places, { path: '', place: { value: fields, shapes: choicesOf(schema, schema) }, root: schema });
  const known = named
    .filter((path) => path.length <= MAX_CHARACTERS)
    .flatMap((path) => placeOf(path, places) ?? placeOf(path.replace(FROM_ROOT, ''), places) ?? []);
  return [...new Set(known)].filter((path) => {
    const { value, shapes = [] } = places.get(path) ?? {};
    return isBlank(value) || !shapes.some(mayBeBlank);
  });
}

interface Place {
  readonly value: unknown;
  /** What may stand there: several where the schema leaves the choice. */
  readonly shapes: readonly JsonSchema[];
}

/** Every field, also those within fields, by its path. */
function notePlaces(
  places: Map<string, Place>,
  at: { readonly path: string; readonly place: Place; readonly root: JsonSchema },
): void {
  const { value, shapes } = at.place;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const isItem = Array.isArray(value);
    const name = at.path === '' ? key : `.${key}`;
    const path = `${at.path}${isItem ? `[${key}]` : name}`;
    const schemas = shapes.flatMap(({ items, properties }) => (isItem ? items : properties?.[key]) ?? []);
    const place = { value: inner, shapes: [...new Set(schemas)].flatMap((schema) => choicesOf(schema, at.root)) };
    places.set(path, place);
    notePlaces(places, { ...at, path, place });
  }
}

/** The path itself, or that of the empty field around it. */
function placeOf(path: string, places: ReadonlyMap<string, Place>): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0))) {
    const place = places.get(at);
    if (place !== undefined) return at === path || holdsNothing(place.value) ? at : undefined;
  }
  return undefined;
}

function holdsNothing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isBlank(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isBlank);
  return value === null || value === '' || value === 0 || value === false;
}

function mayBeBlank({ enum: choices, const: only }: JsonSchema): boolean {
  if (only !== undefined) return isBlank(only);
  return choices === undefined || choices.some(isBlank);
}
