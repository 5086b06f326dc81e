import type { z } from 'zod';
import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from '../routes.ts';

/** The description of a call beside its row in the table of routes. */
export interface CallDescription {
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Only of calls that read images; all others have it in their row. */
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** Only of calls that read images. */
  readonly bodies?: Readonly<Record<string, ApiBody>>;
  /** An example of the JSON body that the row describes. */
  readonly bodyExample?: unknown;
  readonly answers: Readonly<Record<number, ApiAnswer>>;
  /**
   * Statuses of problem responses, beside those of keys and sign-in, 400 of every call, and 413 of calls with a body.
   */
  readonly problems?: readonly number[];
}

/** The groups of calls. */
export const TAGS = {
  images: 'Images that come with the call',
  analyses: 'Analyses that are there, or are to be',
  pool: 'Deployments, models and money',
  app: 'The app itself',
} as const;

type Tag = keyof typeof TAGS;

/** Descriptions of some rows of the table. */
export type Descriptions = Partial<Record<RouteName, CallDescription>>;

/** One call, its row and its description together. */
export interface ApiCall extends Omit<CallDescription, 'bodyExample' | 'problems'>, Pick<Route, 'path' | 'isOpen'> {
  /** The name of its function. */
  readonly operationId: string;
  readonly method: 'get' | 'post';
  readonly problems: readonly number[];
}

/** Every row with its description. */
export function describeRoutes(descriptions: Readonly<Record<RouteName, CallDescription>>): readonly ApiCall[] {
  return ROUTE_NAMES.map((operationId) => {
    const { method, path, isOpen, query, body }: Route = ROUTES[operationId];
    const { bodyExample, problems = [], ...described } = descriptions[operationId];
    return {
      operationId,
      method: method === 'GET' ? 'get' : 'post',
      path,
      ...(isOpen && { isOpen }),
      ...(query && { query }),
      ...(typeof body === 'object' && { bodies: { 'application/json': { schema: body, example: bodyExample } } }),
      ...described,
      problems: [400, ...(body === undefined ? [] : [413]), ...problems],
    };
  });
}

interface ApiBody {
  /** Absent: bytes. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
}

interface ApiAnswer {
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
