import { parseTolerantJson } from '../tasks/parseTolerantJson.ts';
import { field } from './field.ts';

/** The parts of a refusal's body that tell whose fault it is. Lower case, for services spell one code in several ways. */
export interface ErrorParts {
  /** Of every error object in the body, from the outside in: `operationnotsupported`, `429`. */
  readonly codes: readonly string[];
  readonly types: readonly string[];
  readonly params: readonly string[];
}

const DEEPEST = 8;
const MOST_OBJECTS = 200;
const LONGEST_TEXT = 65_536;
const CODE = /^[a-z0-9_.-]{1,60}$/i;
const INNER: ReadonlySet<string> = new Set([
  ...['error', 'odata.error', 'innererror', 'inner_error', 'detail', 'details', 'errors', 'issues', 'body'],
  ...['message', 'metadata', 'raw', 'provider_specific_fields'],
]);

/**
 * The codes, types and parameter names of a refusal, wherever the service or a gateway has put its error: in `error`, in
 * `innererror` within it or beside it, in `detail`, in a list, or as JSON (be it cut) or XML within a text.
 *
 * @example `{ error: { code: 'BadRequest', innererror: { code: 'X' } } }` has the codes `badrequest` and `x`.
 */
export function errorPartsOf(body: unknown): ErrorParts {
  const objects = errorObjectsIn(body);
  const texts = (name: string): string[] =>
    objects.flatMap((object) => {
      const value = anyCase(object, name);
      return typeof value === 'string' || typeof value === 'number' ? [String(value).toLowerCase()] : [];
    });
  return { codes: texts('code'), types: texts('type'), params: texts('param') };
}

/** The service's own code as it is spelt, for sentences; undefined where it only repeats the status. */
export function codeIn(body: unknown, status: number): string | undefined {
  const given = errorObjectsIn(body)
    .map((object) => anyCase(object, 'code'))
    .filter((code): code is string => typeof code === 'string' && CODE.test(code) && code !== String(status));
  return given.find((code) => code.toLowerCase() !== 'badrequest') ?? given[0];
}

/** The body and all objects in which it may hold an error, from the outside in. */
export function errorObjectsIn(body: unknown): readonly object[] {
  const found: object[] = [];
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth < DEEPEST && level.length > 0 && found.length < MOST_OBJECTS; depth += 1) {
    const objects = level
      .flatMap((value) => (Array.isArray(value) ? value.slice(0, 20) : [value]))
      .map(parsed)
      .filter((value): value is object => typeof value === 'object' && value !== null)
      .slice(0, MOST_OBJECTS);
    found.push(...objects);
    level = objects.flatMap((object) =>
      Object.entries(object).flatMap(([name, value]) => (INNER.has(name.toLowerCase()) ? [value] : [])),
    );
  }
  return found.slice(0, MOST_OBJECTS);
}

/** A member whose name some services write with a capital. */
export function anyCase(object: unknown, name: string): unknown {
  return field(object, name) ?? field(object, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

/**
 * Gateways have put the whole body of the service into a text, behind words of their own, and have cut it. JSON amid a
 * sentence is a quotation, such as of a caller's schema.
 */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const start = value.search(/[[{]\s*(?:"|\{)/);
  if (start >= 0) {
    const text = value.slice(0, LONGEST_TEXT);
    const read = parseTolerantJson(text, start);
    const isRest = read.ending === 'cut' || /^[\s'"`.)]*$/.test(text.slice(read.end));
    return isRest ? (read.value ?? value) : value;
  }
  const code = /<code>\s*([\w.-]{1,60})\s*<\/code>/i.exec(value)?.[1];
  const message = /<message[^<>]*>([^<]{1,4000})<\/message>/i.exec(value)?.[1];
  return code === undefined && message === undefined ? value : { code, message };
}
