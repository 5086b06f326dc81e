import type { OpenAI } from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type { Deployment } from '../pool/deployment.ts';
import type { Outcome } from '../pool/outcome.ts';
import { type AuthSources, authHeaders } from './authHeaders.ts';
import { type CallResult, resultOfError } from './callResult.ts';
import { addressOf, type DeploymentAddress } from './deploymentAddress.ts';
import { exactFetch } from './exactFetch.ts';
import { NotSent } from './notSent.ts';
import { outcomeOf } from './outcomeOf.ts';

export interface Asked {
  readonly outcome: Outcome;
  /** From sending to the end; for a request that was never sent, from the call on. */
  readonly tookMs: number;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** The service's own name for this request, for its support. */
  readonly requestId: string | null;
}

export interface VisionClient {
  /**
   * Sends one request, once: no retry, no redirect, nothing from the environment. `timeoutMs` bounds everything, the
   * token and the body of the answer included. Every way in which the call can end is an outcome, not an error.
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
  const clients = new Map<string, Promise<OpenAI>>();

  function clientOf(deployment: Deployment): Promise<OpenAI> {
    const address = addressOf(deployment);
    const place = JSON.stringify(address);
    const known = clients.get(place);
    if (known) return known;
    const opening = openClient(address);
    clients.set(place, opening);
    // A client that could not be loaded once, as when the disk has no file handle left, can be loaded the next time.
    opening.catch(() => clients.delete(place));
    return opening;
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

/** Everything that the client would else read from the environment is given; who asks is said with each request. */
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
    // Not `error`: with it, undici (6.28, nodejs/undici#4627) lets go of the signal when garbage is collected, and a call
    // that we end while its answer comes keeps its connection until the service has sent all of it.
    fetchOptions: { redirect: 'manual' },
  });
}

function requestIdIn(headers: Headers): string | null {
  return headers.get('apim-request-id') ?? headers.get('x-ms-request-id') ?? headers.get('x-request-id');
}
