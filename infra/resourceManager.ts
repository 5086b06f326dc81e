import { setTimeout as sleep } from 'node:timers/promises';

/** Azure's resource manager, as far as a deployment is completed with it after the templates are done. */

export interface ResourceManager {
  /** `https://management.azure.com`, no trailing slash. */
  readonly url: string;
  readonly getToken: () => Promise<string>;
  readonly sleep: (waitMs: number) => Promise<void>;
  readonly say: (sentence: string) => void;
}

/** The resource manager of the public cloud. */
export function publicAzure(
  getToken: ResourceManager['getToken'],
  say: ResourceManager['say'] = (sentence) => console.log(sentence),
): ResourceManager {
  return { url: 'https://management.azure.com', getToken, sleep, say };
}

export interface Reply {
  /** 0 where no answer came. */
  readonly status: number;
  readonly body: unknown;
  /** Azure's clock, by which it dates what it makes; the clock of this machine where it does not say. */
  readonly atMs: number;
}

export async function callAzure(
  azure: ResourceManager,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
): Promise<Reply> {
  const headers = { authorization: `Bearer ${await azure.getToken()}`, 'content-type': 'application/json' };
  return callJson(`${azure.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A call whose failure is an answer too: whoever polls goes on. */
export async function callJson(url: string, request: RequestInit = {}): Promise<Reply> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000), ...request });
    const date = Date.parse(response.headers.get('date') ?? '');
    const atMs = Number.isNaN(date) ? Date.now() : date;
    return { status: response.status, body: parsed(await response.text()), atMs };
  } catch (error) {
    return { status: 0, body: { error: error instanceof Error ? error.message : String(error) }, atMs: Date.now() };
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { error: text.slice(0, 500) };
  }
}

/** What Azure said went wrong, as text: `AuthorizationFailed: The client …`. */
export function errorOf({ status, body }: Reply): string {
  const { error } = (body ?? {}) as { readonly error?: unknown };
  if (typeof error === 'string') return error;
  const { code, message } = (error ?? {}) as { readonly code?: string; readonly message?: string };
  return code || message ? [code, message].filter(Boolean).join(': ') : `status ${status}`;
}
