import { parseTolerantJson } from '../tasks/reply/parseTolerantJson.ts';

/** Reads the bodies of services and gateways, whose shapes differ and cannot be trusted. Nothing here throws. */

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or text if it is not JSON; undefined if it was empty. */
  readonly body: unknown;
}

/** The codes, types and parameter names of a refusal, in lower case, because services spell one code in several ways. */
export interface ErrorParts {
  /** Of every error object in the body, from the outside in: `operationnotsupported`, `429`. */
  readonly codes: readonly string[];
  readonly types: readonly string[];
  readonly params: readonly string[];
}

const DEEPEST = 8;
const MOST_OBJECTS = 200;
const LONGEST_TEXT = 65_536;
const LONGEST_SENTENCE = 4_000;
const LONGEST_KEPT_SENTENCE = 200;
const CODE = /^[a-z0-9_.-]{1,60}$/i;
const INNER: ReadonlySet<string> = new Set([
  ...['error', 'odata.error', 'innererror', 'inner_error', 'detail', 'details', 'errors', 'issues', 'body'],
  ...['message', 'metadata', 'raw', 'provider_specific_fields'],
]);

/** Most specific first. */
const SENTENCE_NAMES = ['message', 'msg', 'detail', 'error', 'error_description'];

/** How LiteLLM and Portkey begin: `litellm.BadRequestError: AzureException - `, `azure-openai error: `, `Error code: 400 - `. */
const GATEWAY_PREFIX = /^(?:(?:[\w.]+(?:Error|Exception)|[\w-]+ error|Error code: \d{3})\s*[:-]?\s+(?:- )?)+/i;

/** A member of a value of any shape; undefined if absent. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** A member whose name some services write with a capital. */
export function anyCase(object: unknown, name: string): unknown {
  return field(object, name) ?? field(object, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

/** The openai client returns text for a body that is not declared as JSON, even if it is JSON. */
export function parsedBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body; // Plain text or HTML, which readers of the body recognize.
  }
}

/**
 * The codes, types and parameter names of a refusal, wherever the service or a gateway has put its error: in `error`, in
 * `innererror` within it or beside it, in `detail`, in a list, or as JSON (even cut off) or XML within a text.
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

/** The service's own code as spelt, for messages; undefined if it only repeats the status. */
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
      .map(embedded)
      .filter((value): value is object => typeof value === 'object' && value !== null)
      .slice(0, MOST_OBJECTS);
    found.push(...objects);
    level = objects.flatMap((object) =>
      Object.entries(object).flatMap(([name, value]) => (INNER.has(name.toLowerCase()) ? [value] : [])),
    );
  }
  return found.slice(0, MOST_OBJECTS);
}

/**
 * All sentences of a refusal, to be matched and never stored: those of every error object in the body, from the
 * outside in, each also without a gateway's prefix; the body itself if it is text.
 */
export function sentencesIn(body: unknown): readonly string[] {
  const own = typeof body === 'string' ? [body] : [];
  const inObjects = errorObjectsIn(body).flatMap((object) =>
    SENTENCE_NAMES.map((name) => anyCase(object, name)).map((value) => field(value, 'value') ?? value),
  );
  const found = [...inObjects, ...own].filter(isSentence).map((sentence) => sentence.trim().slice(0, LONGEST_SENTENCE));
  return found.flatMap((sentence) => {
    const bare = sentence.replace(GATEWAY_PREFIX, '');
    return bare === sentence ? [sentence] : [sentence, bare];
  });
}

/**
 * The service's own sentence about a refusal, at most 200 characters, safe to store and to log: data URLs, long runs
 * of base64 (images, tokens, keys), long quotations (services echo prompts in them) and the given secrets are replaced
 * by `…`. Empty if the body has no message. Azure OpenAI has it at `error.message`, API Management at `message`,
 * Ollama at `error`, FastAPI servers at `detail`; otherwise the text itself is the sentence.
 *
 * @example `{ error: { message: 'Invalid image: data:image/png;base64,iVBORw0K' } }` gives `Invalid image: …`
 */
export function serviceSentence(body: unknown, secrets: readonly string[]): string {
  const error = field(body, 'error');
  const places = [field(error, 'message'), error, field(body, 'message'), field(body, 'detail')];
  const found = places.find(isSentence) ?? sentencesIn(body)[0] ?? (typeof body === 'string' ? body : '');
  const characters = Array.from(withoutSecrets(found.slice(0, LONGEST_SENTENCE), secrets));
  return characters.length <= LONGEST_KEPT_SENTENCE
    ? characters.join('')
    : `${characters.slice(0, LONGEST_KEPT_SENTENCE - 1).join('')}…`;
}

function isSentence(value: unknown): value is string {
  return typeof value === 'string' && /\S/.test(value);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((kept, secret) => kept.replaceAll(secret, '…'), text)
    .replace(/<(style|script)\b.*?(<\/\1>|$)/gis, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\bdata:[^\s"'<>)]*/gi, '…')
    .replace(/[A-Za-z0-9+/=_-]{40,}(\.[A-Za-z0-9+/=_-]+)*/g, '…')
    .replace(/(?<!\w)(["'`])(?:(?!\1).){41,}(?:\1|$)/gs, '$1…$1')
    .replace(/“[^”]{41,}(?:”|$)/g, '“…”')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
}

/**
 * The object in a text. Gateways put the whole body of the service into a text after a prefix, and may cut it. JSON in
 * the middle of a sentence is a quotation, such as a caller's schema, and stays text.
 */
function embedded(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const start = value.search(/[[{]\s*(?:"|\{)/);
  if (start >= 0) {
    const text = value.slice(0, LONGEST_TEXT);
    const read = parseTolerantJson(text, start);
    // After an object that is cut off nothing is left.
    const isRest = /^[\s'"`.)]*$/.test(text.slice(read.end));
    return isRest ? (read.value ?? value) : value;
  }
  const code = /<code>\s*([\w.-]{1,60})\s*<\/code>/i.exec(value)?.[1];
  const message = /<message[^<>]*>([^<]{1,4000})<\/message>/i.exec(value)?.[1];
  return code === undefined && message === undefined ? value : { code, message };
}
