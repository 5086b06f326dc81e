import { isObject } from './strictSchema.ts';

/** The shape that an answer was asked to have, whether it came as a JSON Schema or as a skeleton in words. */
export type Shape =
  | { readonly kind: 'object'; readonly properties: readonly (readonly [name: string, shape: Shape])[] }
  | { readonly kind: 'array'; readonly items: Shape }
  | { readonly kind: 'string' }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  | { readonly kind: 'nullable'; readonly shape: Shape };

const maxDepth = 12;

/** The shape that a JSON Schema describes; what it leaves open becomes a string. */
export function shapeOfSchema(schema: Readonly<Record<string, unknown>>): Shape {
  return shapeOfPart(schema, { root: schema, depth: 0 });
}

function shapeOfPart(
  part: unknown,
  place: { readonly root: Readonly<Record<string, unknown>>; readonly depth: number },
): Shape {
  if (!isObject(part) || place.depth > maxDepth) return { kind: 'string' };
  const inside = { root: place.root, depth: place.depth + 1 };
  if (typeof part.$ref === 'string') return shapeOfPart(pointedTo(part.$ref, place.root), inside);
  if ('const' in part) return { kind: 'choice', values: [part.const] };
  if (Array.isArray(part.enum)) return choiceOf(part.enum);
  if (Array.isArray(part.anyOf)) {
    const others = part.anyOf.filter((one) => !(isObject(one) && one.type === 'null'));
    return nullableIf(others.length < part.anyOf.length, shapeOfPart(others[0], inside));
  }
  const types = Array.isArray(part.type) ? part.type : [part.type];
  const type = types.find((one) => one !== 'null') ?? (isObject(part.properties) ? 'object' : 'string');
  return nullableIf(types.includes('null'), shapeOfType(String(type), part, inside));
}

function shapeOfType(
  type: string,
  part: Readonly<Record<string, unknown>>,
  place: { readonly root: Readonly<Record<string, unknown>>; readonly depth: number },
): Shape {
  if (type === 'object') {
    const properties = isObject(part.properties) ? Object.entries(part.properties) : [];
    return {
      kind: 'object',
      properties: properties.map(([name, child]) => [name, shapeOfPart(child, place)] as const),
    };
  }
  if (type === 'array') return { kind: 'array', items: shapeOfPart(part.items, place) };
  if (type === 'number' || type === 'integer') return { kind: 'number' };
  return type === 'boolean' ? { kind: 'boolean' } : { kind: 'string' };
}

function pointedTo(reference: string, root: Readonly<Record<string, unknown>>): unknown {
  let found: unknown = root;
  for (const name of reference.split('/').slice(1)) found = isObject(found) ? found[name] : undefined;
  return found;
}

function choiceOf(values: readonly unknown[]): Shape {
  const others = values.filter((value) => value !== null);
  return nullableIf(others.length < values.length, { kind: 'choice', values: others });
}

function nullableIf(isNullable: boolean, shape: Shape): Shape {
  return isNullable ? { kind: 'nullable', shape } : shape;
}

/**
 * The shape that a prompt describes with a JSON skeleton, whose values say what stands in their place:
 * `{"title":"string|null","tables":[{"rows":[["string"]]}]}`. The largest JSON object in the text counts.
 *
 * @returns undefined when the text holds none.
 */
export function shapeOfPrompt(text: string): Shape | undefined {
  const objects = jsonObjectsIn(text).sort((one, other) => other.length - one.length);
  const [largest] = objects;
  return largest === undefined ? undefined : shapeOfSkeleton(JSON.parse(largest));
}

function shapeOfSkeleton(value: unknown): Shape {
  if (Array.isArray(value)) return { kind: 'array', items: shapeOfSkeleton(value[0] ?? 'string') };
  if (isObject(value)) {
    return { kind: 'object', properties: Object.entries(value).map(([name, child]) => [name, shapeOfSkeleton(child)]) };
  }
  if (typeof value === 'number') return { kind: 'number' };
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (value === null) return { kind: 'nullable', shape: { kind: 'string' } };
  // "string|null: what it means", "bar|line|pie", "string or number".
  const words =
    String(value)
      .split(/:\s/)[0]
      ?.split(/\||\sor\s/)
      .map((word) => word.trim()) ?? [];
  const others = words.filter((word) => word !== 'null');
  return nullableIf(others.length < words.length, shapeOfWords(others));
}

const typeNames = new Set(['string', 'number', 'integer', 'boolean', 'any', 'object', 'array']);

function shapeOfWords(words: readonly string[]): Shape {
  // "number|date|text" is a choice although one of its values is a type's name.
  if (words.some((word) => !typeNames.has(word))) {
    return words.length > 1 ? { kind: 'choice', values: words } : { kind: 'string' };
  }
  const [first] = words;
  if (first === 'number' || first === 'integer') return { kind: 'number' };
  return first === 'boolean' ? { kind: 'boolean' } : { kind: 'string' };
}

function jsonObjectsIn(text: string): string[] {
  const found: string[] = [];
  for (let start = text.indexOf('{'); start !== -1; start = text.indexOf('{', start + 1)) {
    const end = endOfObject(text, start);
    if (end === undefined) continue;
    const candidate = text.slice(start, end);
    if (!isJson(candidate)) continue;
    found.push(candidate);
    start = end - 1;
  }
  return found;
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '{') depth += 1;
    else if (!quoted && character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
