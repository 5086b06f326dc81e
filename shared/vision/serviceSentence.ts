import { anyCase, errorObjectsIn } from './errorParts.ts';
import { field } from './field.ts';

const LONGEST_READ = 4_000;
const LONGEST_KEPT = 200;

/**
 * The service's own sentence about a refusal, at most 200 characters, safe to store and to log: data URLs, long runs
 * of base64 (images, tokens, keys), long quotations (services echo prompts in them) and the given secrets are
 * replaced by `…`. Empty where the body holds no sentence.
 *
 * @example `{ error: { message: 'Invalid image: data:image/png;base64,iVBORw0K' } }` gives `Invalid image: …`
 */
export function serviceSentence(body: unknown, secrets: readonly string[]): string {
  return shortened(withoutOurs(wholeSentence(body), secrets));
}

/**
 * As the service wrote it, only to be looked at, never to be kept. Azure OpenAI has it at `error.message`, API
 * Management at `message`, Ollama at `error`, FastAPI servers at `detail`; else it is the text itself.
 */
export function wholeSentence(body: unknown): string {
  const error = field(body, 'error');
  const places = [field(error, 'message'), error, field(body, 'message'), field(body, 'detail')];
  const found = places.find(isSentence) ?? sentencesIn(body)[0] ?? (typeof body === 'string' ? body : '');
  return found.slice(0, LONGEST_READ);
}

/**
 * All sentences of a refusal, only to be looked at: those of every error object in the body, from the outside in, each also
 * without the words that a gateway has put before it; the body itself where it is a text.
 */
export function sentencesIn(body: unknown): readonly string[] {
  const own = typeof body === 'string' ? [body] : [];
  const inObjects = errorObjectsIn(body).flatMap((object) =>
    SENTENCE_NAMES.map((name) => anyCase(object, name)).map((value) => field(value, 'value') ?? value),
  );
  const found = [...inObjects, ...own].filter(isSentence).map((sentence) => sentence.trim().slice(0, LONGEST_READ));
  return found.flatMap((sentence) => {
    const bare = sentence.replace(GATEWAY_PREFIX, '');
    return bare === sentence ? [sentence] : [sentence, bare];
  });
}

/** Most telling first. */
const SENTENCE_NAMES = ['message', 'msg', 'detail', 'error', 'error_description'];

/** As LiteLLM and Portkey begin: `litellm.BadRequestError: AzureException - `, `azure-openai error: `, `Error code: 400 - `. */
const GATEWAY_PREFIX = /^(?:(?:[\w.]+(?:Error|Exception)|[\w-]+ error|Error code: \d{3})\s*[:-]?\s+(?:- )?)+/i;

function isSentence(value: unknown): value is string {
  return typeof value === 'string' && /\S/.test(value);
}

function withoutOurs(text: string, secrets: readonly string[]): string {
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

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= LONGEST_KEPT ? text : `${characters.slice(0, LONGEST_KEPT - 1).join('')}…`;
}
