import { type Shape, shapeOfPrompt, shapeOfSchema } from './answerShape.ts';
import { readMessages } from './chatMessages.ts';
import { parameterProblem } from './chatParameters.ts';
import { tooManyImages } from './imageErrors.ts';
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

type Understood =
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
  const parts = readMessages(body.messages, deployed);
  if (parts.kind === 'refused') return parts;
  const [first] = parts.images;
  if (first && deployed.row.image === null) {
    const message = 'Invalid content type. image_url is only supported by certain models.';
    return refused(invalidRequest(message, { param: first.at }));
  }
  if (parts.images.length > maxImages) return refused(tooManyImages(maxImages));
  const images: SentImage[] = [];
  for (const { url, detail } of parts.images) {
    const read = readSentImage(url, detail);
    if (read.kind === 'refused') return read;
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
