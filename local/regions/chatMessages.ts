import { firstWithParts, isBefore } from './apiVersions.ts';
import type { ModelRow } from './modelRow.ts';
import { coded, invalidRequest, type ServiceError } from './serviceError.ts';
import { isObject } from './strictSchema.ts';

/** What lies in the messages of a chat, in order. */
interface ChatParts {
  readonly kind: 'parts';
  readonly texts: readonly string[];
  /** What the system and developer messages say. */
  readonly system: string;
  readonly images: readonly { readonly url: string; readonly detail: string | undefined; readonly at: string }[];
}

type Refused = { readonly kind: 'refused'; readonly error: ServiceError };
type Role = 'system' | 'developer' | 'user' | 'assistant';

interface Deployed {
  readonly model: string;
  readonly row: ModelRow;
  readonly apiVersion: string | null;
}

const roles: ReadonlySet<unknown> = new Set<Role>(['system', 'developer', 'user', 'assistant']);
/** Learn, "Azure OpenAI quotas and limits" (2026-09-16). */
const maxMessages = 2048;
const maxCharacters = 1_048_576;

/** Reads the messages, and refuses what the service refuses, in its words where callers have published them. */
export function readMessages(messages: unknown, deployed: Deployed): ChatParts | Refused {
  const problem = listProblem(messages);
  if (problem || !Array.isArray(messages)) return refused(problem ?? invalidRequest('No messages.'));
  const texts: string[] = [];
  const system: string[] = [];
  const images: { url: string; detail: string | undefined; at: string }[] = [];
  const met = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    const role = isObject(message) ? message.role : undefined;
    met.add(role);
    const wrong = roleProblem(role, { index, deployed }) ?? contentProblem(message, { index, deployed });
    if (wrong) return refused(wrong);
    for (const [place, part] of partsIn(message).entries()) {
      const at = { index, place, role };
      const unreadable = partProblem(part, at);
      if (unreadable) return refused(unreadable);
      if (typeof part.text === 'string') {
        texts.push(part.text);
        if (role === 'system' || role === 'developer') system.push(part.text);
      } else if (isObject(part.image_url)) {
        const { url, detail } = part.image_url;
        const where = `messages.[${index}].content.[${place}].type`;
        images.push({ url: String(url), detail: typeof detail === 'string' ? detail : undefined, at: where });
      }
    }
  }
  if (met.has('system') && met.has('developer')) {
    return refused(invalidRequest('Only one of system and developer messages may be sent.', { param: 'messages' }));
  }
  return { kind: 'parts', texts, system: system.join('\n'), images };
}

/** danny-avila/LibreChat#10408 (2025-11-07) for no message, vishalmysore/Tools4AI#16 (2024-05-15) for the form of too many. */
function listProblem(messages: unknown): ServiceError | undefined {
  const param = 'messages';
  if (messages === undefined) {
    return invalidRequest("Missing required parameter: 'messages'.", { param, code: 'missing_required_parameter' });
  }
  if (!Array.isArray(messages)) {
    return invalidRequest("Invalid type for 'messages': expected an array of objects.", {
      param,
      code: 'invalid_type',
    });
  }
  if (messages.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    return invalidRequest(message, { param, code: 'empty_array' });
  }
  if (messages.length <= maxMessages) return undefined;
  const message = `Invalid 'messages': array too long. Expected an array with maximum length ${maxMessages}, but got an array with length ${messages.length} instead.`;
  return invalidRequest(message, { param, code: 'array_above_max_length' });
}

/** The seed's sentence: lobehub/lobehub#1818 (2024-03-30). */
function roleProblem(
  role: unknown,
  at: { readonly index: number; readonly deployed: Deployed },
): ServiceError | undefined {
  if (at.deployed.model === 'gpt-4') {
    if (roles.has(role) && role !== 'developer') return undefined;
    const message = `'${String(role)}' is not an allowed role. The allowed roles are ['system', 'user', 'assistant'].`;
    return coded(400, 'BadRequest', message);
  }
  if (roles.has(role)) return undefined;
  const message = `Invalid value: '${String(role)}'. Supported values are: 'system', 'developer', 'assistant', and 'user'.`;
  return invalidRequest(message, { param: `messages[${at.index}].role`, code: 'invalid_value' });
}

/** chathub-dev/chathub#921 (2023-11-27) for a list under an old version; the service repeats the list. */
function contentProblem(
  message: unknown,
  at: { readonly index: number; readonly deployed: Deployed },
): ServiceError | undefined {
  const content = isObject(message) ? message.content : undefined;
  if (Array.isArray(content) && isBefore(at.deployed.apiVersion, firstWithParts)) {
    return invalidRequest(`[...] is not of type 'string' - 'messages.${at.index}.content'`);
  }
  const characters = partsIn(message).reduce(
    (sum, part) => sum + (typeof part.text === 'string' ? part.text.length : 0),
    0,
  );
  const param = `messages[${at.index}].content`;
  if (typeof content !== 'string' && !Array.isArray(content)) {
    return invalidRequest(
      `Invalid value for 'content': expected a string, got ${content === undefined ? 'nothing' : typeof content}.`,
      { param },
    );
  }
  if (characters <= maxCharacters) return undefined;
  const sentence = `Invalid '${param}': string too long. Expected a string with maximum length ${maxCharacters}, but got a string with length ${characters} instead.`;
  return invalidRequest(sentence, { param, code: 'string_above_max_length' });
}

type Part = Readonly<Record<string, unknown>>;

function partsIn(message: unknown): readonly Part[] {
  const content = isObject(message) ? message.content : undefined;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.map((part) => (isObject(part) ? part : {})) : [];
}

/** openai/openai-dotnet#396 (2025-03-26) for the kinds, openai/openai-node#1030 (2024-09-03) for images of others. */
function partProblem(
  part: Part,
  at: { readonly index: number; readonly place: number; readonly role: unknown },
): ServiceError | undefined {
  const param = `messages[${at.index}].content[${at.place}]`;
  if (part.type === 'text' && typeof part.text === 'string') return undefined;
  if (part.type === 'image_url' && at.role !== 'user') {
    const message = `Invalid 'messages[${at.index}]'. Image URLs are only allowed for messages with role 'user', but this message with role '${String(at.role)}' contains an image URL.`;
    return invalidRequest(message, { param: `messages[${at.index}]`, code: 'invalid_value' });
  }
  if (part.type === 'image_url' && isObject(part.image_url) && typeof part.image_url.url === 'string') return undefined;
  if (part.type === 'text' || part.type === 'image_url') {
    const message = `Missing required parameter: '${param}.${part.type === 'text' ? 'text' : 'image_url.url'}'.`;
    return invalidRequest(message, { param, code: 'missing_required_parameter' });
  }
  const message = `Invalid value: '${String(part.type)}'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', and 'audio'.`;
  return invalidRequest(message, { param: `${param}.type`, code: 'invalid_value' });
}

function refused(error: ServiceError): Refused {
  return { kind: 'refused', error };
}
