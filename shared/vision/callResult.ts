import { field } from './field.ts';

/** What one call came to: a status with its headers and body, or an error because there was none. */
export type CallResult =
  | {
      readonly status: number;
      readonly headers: Headers;
      /** Parsed JSON, or text where it is none; nothing where it was empty. */
      readonly body: unknown;
    }
  | { readonly error: unknown };

/**
 * A refusal by status comes out of the client as an error that carries the status; here it is a status again. Told by its
 * fields, not by its class: to name a class of the client here would bring the whole client into the bundle.
 */
export function resultOfError(error: unknown): CallResult {
  const [status, headers] = [field(error, 'status'), field(error, 'headers')];
  if (!(error instanceof Error) || typeof status !== 'number') return { error };
  return {
    status,
    headers: headers instanceof Headers ? headers : new Headers(),
    body: parsedBody(field(error, 'error')),
  };
}

/** The client gives text for what is not called JSON, though it may be. */
export function parsedBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body; // Plain text or HTML: who reads it can tell.
  }
}
