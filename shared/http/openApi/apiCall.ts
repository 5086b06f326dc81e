import type { z } from 'zod';

/** One call of the HTTP interface, described by the schemas that check it. */
export interface ApiCall {
  readonly method: 'get' | 'post';
  /** Below `/api`, with `{id}` for what varies. */
  readonly path: string;
  /** The name of its function. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Open to everybody: without key or sign-in. */
  readonly isOpen?: true;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly bodies?: Readonly<Record<string, ApiBody>>;
  readonly answers: Readonly<Record<number, ApiAnswer>>;
  /** Statuses that come as a problem, beside those of keys and sign-in. */
  readonly problems: readonly number[];
}

export interface ApiBody {
  /** Absent: bytes. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
}

export interface ApiAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** By media type; without a schema it is text. */
  readonly content: Readonly<Record<string, { readonly schema?: z.ZodType; readonly example: unknown }>>;
}

/** An answer in JSON. */
export function jsonAnswer(
  description: string,
  schema: z.ZodType,
  example: unknown,
  headers?: Readonly<Record<string, string>>,
): ApiAnswer {
  return { description, content: { 'application/json': { schema, example } }, ...(headers ? { headers } : {}) };
}
