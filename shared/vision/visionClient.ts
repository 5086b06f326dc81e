import type { OpenAI } from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { onceDone } from '../concurrency/once.ts';
import type { Deployment } from '../pool/deployment.ts';
import type { Outcome } from '../pool/outcome.ts';
import { type AuthSources, addressOf, authHeaders, type DeploymentAddress } from './deploymentAccess.ts';
import { type CallResult, NotSent, outcomeOf, resultOfError } from './outcomeOf.ts';

export interface Asked {
  readonly outcome: Outcome;
  /** From sending to the end; for a request that was never sent, from the start of the call. */
  readonly tookMs: number;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** The service's own id of this request, for its support. */
  readonly requestId: string | null;
}

export interface VisionClient {
  /**
   * Sends one request, once: no retry, no redirect, nothing from the environment. `timeoutMs` bounds everything, the
   * token and the body of the answer included. Returns an outcome for every end of a call and never throws.
   */
  ask(
    deployment: Deployment,
    body: ChatCompletionCreateParamsNonStreaming,
    limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Asked>;
}

export function createVisionClient(
  sources: AuthSources & { readonly now: () => number; readonly openClient?: typeof loadClient },
): VisionClient {
  const { now, openClient = loadClient } = sources;
  const clients = new Map<string, () => Promise<OpenAI>>();

  function clientOf(deployment: Deployment): Promise<OpenAI> {
    const address = addressOf(deployment);
    const place = JSON.stringify(address);
    const client = clients.get(place) ?? onceDone(() => openClient(address));
    clients.set(place, client);
    return client();
  }

  return {
    async ask(deployment, body, { timeoutMs, signal }) {
      const calledAtMs = now();
      let sentAtMs = calledAtMs;
      let secrets: readonly string[] = [];
      let result: CallResult;
      try {
        const client = await openedClient(clientOf(deployment));
        const auth = await authHeaders(deployment, { ...sources, timeoutMs, ...(signal && { signal }) });
        secrets = auth.secrets;
        if (signal?.aborted) throw new NotSent('aborted', 'We ended the call before anything was sent.');
        sentAtMs = now();
        const leftMs = Math.ceil(timeoutMs - (sentAtMs - calledAtMs));
        if (leftMs < 1) throw new NotSent('aborted', `The ${timeoutMs} ms were over before anything was sent.`);
        const { data, response } = await client.chat.completions
          .create(body, {
            headers: { ...auth.headers, accept: 'application/json', 'user-agent': 'argus' },
            timeout: leftMs,
            ...(signal && { signal }),
          })
          .withResponse();
        result = { status: response.status, headers: response.headers, body: data };
      } catch (error) {
        result = resultOfError(error);
      }
      const endedAtMs = now();
      return {
        outcome: outcomeOf(result, { nowMs: endedAtMs, secrets }),
        tookMs: endedAtMs - sentAtMs,
        sentAtMs,
        requestId: 'error' in result ? null : requestIdIn(result.headers),
      };
    },
  };
}

async function openedClient(opening: Promise<OpenAI>): Promise<OpenAI> {
  try {
    return await opening;
  } catch (error) {
    throw new NotSent('aborted', 'The client could not be loaded; nothing was sent.', { cause: error });
  }
}

/** Sets everything that the client would read from the environment; each request has its own credentials. */
async function loadClient({ baseUrl, query }: DeploymentAddress): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    baseURL: baseUrl,
    defaultQuery: { ...query },
    apiKey: 'given with each request',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    fetch: exactFetch,
    // Not `error`: with it, undici (6.28, nodejs/undici#4627) drops the signal when garbage is collected, and a call
    // that we end while its answer comes keeps its connection until the service has sent all of it.
    fetchOptions: { redirect: 'manual' },
  });
}

function requestIdIn(headers: Headers): string | null {
  return headers.get('apim-request-id') ?? headers.get('x-ms-request-id') ?? headers.get('x-request-id');
}

/** The headers of this call; the client adds details of this machine, and what OPENAI_CUSTOM_HEADERS holds. */
const SENT_HEADERS = ['accept', 'content-type', 'user-agent', 'authorization', 'api-key'];
const LONGEST_REFUSAL = 65_536;

/**
 * The `fetch` that the openai client uses. It sends the headers of this call and nothing else, and it hands on the whole of
 * a refusal, read within the client's timeout. The client itself keeps only the body's `error`, while gateways answer
 * without one and Azure has put `innererror` beside it, and it reads a refusal's body without any timeout.
 */
const exactFetch: typeof fetch = async (input, init) => {
  const given = new Headers(init?.headers);
  const headers = SENT_HEADERS.flatMap((name): [string, string][] => {
    const value = given.get(name);
    return value === null ? [] : [[name, value]];
  });
  const response = await fetch(input, { ...init, headers });
  if (response.status === 204 || response.status === 304 || response.status > 599) return response;
  if (response.ok) return asText(response);
  return new Response(JSON.stringify({ error: await readRefusal(response) }), {
    status: response.status,
    headers: response.headers,
  });
};

/**
 * Returns a success as plain text, whatever its content type: from a body that is broken or not JSON the client would
 * keep nothing, although it may report usage.
 */
function asText(response: Response): Response {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let received = '';
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const read = await reader?.read();
        if (read === undefined || read.done) return controller.close();
        received += decoder.decode(read.value, { stream: true });
        controller.enqueue(read.value);
      } catch (error) {
        controller.error(error instanceof TypeError ? Object.assign(error, { received }) : error);
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  const headers = new Headers(response.headers);
  headers.set('content-type', 'text/plain');
  return new Response(body, { status: response.status, headers });
}

async function readRefusal(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= LONGEST_REFUSAL) break;
    }
  } catch {
    // The status decides and is known, so the received part of a broken body is used.
  }
  return text;
}
