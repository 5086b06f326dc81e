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
  const places = [field(error, 'message'), error, field(body, 'message'), field(body, 'detail'), body];
  const found = places.find((place): place is string => typeof place === 'string' && place.trim() !== '');
  return found?.slice(0, LONGEST_READ) ?? '';
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
