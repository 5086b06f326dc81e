import { type Shape, shapeOfPrompt, shapeOfSchema } from './answerShape.ts';
import { parameterProblem } from './chatParameters.ts';
import type { ModelRow } from './modelRow.ts';
import { readSentImage, type SentImage } from './sentImage.ts';
import { invalidRequest, type ServiceError, wrongOperation } from './serviceError.ts';
import { isObject } from './strictSchema.ts';

/** A chat completion that the model takes. */
export interface ChatRequest {
  /** All text of the messages, and the schema, which is part of the prompt too. */
  readonly texts: readonly string[];
  readonly images: readonly SentImage[];
  /** Characters of the images' data URLs. */
  readonly imageCharacters: number;
  /** null: none was sent and none is documented. */
  readonly outputCap: number | null;
  readonly effort: string | null;
  readonly shape: Shape | null;
}

export type Understood =
  | { readonly kind: 'chat'; readonly chat: ChatRequest }
  | { readonly kind: 'refused'; readonly error: ServiceError };

/** Ten for each call (Microsoft Learn, "GPT with vision", 2026-01-29; another page says 50). */
const maxImages = 10;

/** Reads the body of a chat completion for a model, and refuses what the service refuses. */
export function understandChat(
  body: unknown,
  deployed: { readonly model: string; readonly row: ModelRow; readonly apiVersion: string | null },
): Understood {
  if (!isObject(body)) return refused(invalidRequest('The request body is not a JSON object.'));
  if (!deployed.row.chat) return refused(wrongOperation(deployed.model));
  const parameters = parameterProblem(body, deployed);
  if (parameters) return refused(parameters);
  const parts = partsOf(body.messages);
  if (parts.kind === 'refused') return parts;
  if (parts.images.length > maxImages) {
    const message = `Too many images in request. The request has ${parts.images.length} images; the maximum is ${maxImages}.`;
    return refused(invalidRequest(message, { code: 'too_many_images' }));
  }
  if (parts.images.length > 0 && deployed.row.image === null) {
    const message = 'Invalid content type. image_url is only supported by certain models.';
    return refused(invalidRequest(message, { param: 'messages.[1].content.[1].type' }));
  }
  const images: SentImage[] = [];
  for (const { url, detail } of parts.images) {
    const read = readSentImage(url, detail);
    if (read.kind === 'refused') return refused(invalidRequest(read.sentence, { code: read.code }));
    images.push(read.image);
  }
  const schema = schemaOf(body.response_format);
  return {
    kind: 'chat',
    chat: {
      texts: schema ? [...parts.texts, JSON.stringify(schema)] : parts.texts,
      images,
      imageCharacters: parts.images.reduce((sum, image) => sum + image.url.length, 0),
      outputCap: numberOr(body.max_completion_tokens ?? body.max_tokens, deployed.row.defaultOutputTokens),
      effort: typeof body.reasoning_effort === 'string' ? body.reasoning_effort : deployed.row.defaultEffort,
      shape: schema ? shapeOfSchema(schema) : (shapeOfPrompt(parts.system) ?? null),
    },
  };
}

interface Parts {
  readonly kind: 'parts';
  readonly texts: readonly string[];
  readonly system: string;
  readonly images: readonly { readonly url: string; readonly detail: string | undefined }[];
}

function partsOf(messages: unknown): Parts | { readonly kind: 'refused'; readonly error: ServiceError } {
  if (!Array.isArray(messages) || messages.length === 0) {
    return refused(invalidRequest("Missing required parameter: 'messages'.", { param: 'messages' }));
  }
  const texts: string[] = [];
  const system: string[] = [];
  const images: { url: string; detail: string | undefined }[] = [];
  const roles = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    const role = isObject(message) ? message.role : undefined;
    roles.add(role);
    if (!isObject(message) || !['system', 'developer', 'user', 'assistant'].includes(String(role))) {
      const said = `Invalid value: '${String(role)}'. Supported values are: 'system', 'developer', 'assistant', and 'user'.`;
      return refused(invalidRequest(said, { param: `messages[${index}].role`, code: 'invalid_value' }));
    }
    const content = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    for (const part of Array.isArray(content) ? content : [undefined]) {
      const imageUrl = isObject(part) && part.type === 'image_url' && isObject(part.image_url) ? part.image_url : null;
      if (isObject(part) && part.type === 'text' && typeof part.text === 'string') {
        texts.push(part.text);
        if (role === 'system' || role === 'developer') system.push(part.text);
      } else if (imageUrl && typeof imageUrl.url === 'string' && role === 'user') {
        images.push({ url: imageUrl.url, detail: typeof imageUrl.detail === 'string' ? imageUrl.detail : undefined });
      } else {
        const said = `Invalid value for 'content' of messages[${index}]: expected text, or in a user message image_url.`;
        return refused(invalidRequest(said, { param: `messages[${index}].content`, code: 'invalid_value' }));
      }
    }
  }
  if (roles.has('system') && roles.has('developer')) {
    return refused(invalidRequest('Only one of system and developer messages may be sent.', { param: 'messages' }));
  }
  return { kind: 'parts', texts, system: system.join('\n'), images };
}

function schemaOf(format: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.json_schema)) return undefined;
  return isObject(format.json_schema.schema) ? format.json_schema.schema : undefined;
}

function numberOr(value: unknown, otherwise: number | null): number | null {
  return typeof value === 'number' ? value : otherwise;
}

function refused(error: ServiceError): { readonly kind: 'refused'; readonly error: ServiceError } {
  return { kind: 'refused', error };
}
