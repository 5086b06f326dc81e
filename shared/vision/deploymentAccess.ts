import { inTime } from '../concurrency/inTime.ts';
import type { Deployment } from '../pool/deployment.ts';
import { serviceSentence } from './bodyParts.ts';
import { NotSent } from './outcomeOf.ts';

export interface DeploymentAddress {
  /** `chat/completions` is appended to it. */
  readonly baseUrl: string;
  readonly query: Readonly<Record<string, string>>;
}

/**
 * The address of a deployment. With an API version the dated path of Azure OpenAI, which names the deployment in the
 * URL; without one an endpoint whose path ends in `/v1` is used unchanged (Ollama, vLLM and other servers that speak
 * the same protocol), and any other gets Azure's `/openai/v1`. Source: Azure OpenAI REST reference and its v1 API
 * page, 2026-09-29.
 *
 * @example `https://a.openai.azure.com` with `2024-10-21` is
 * `https://a.openai.azure.com/openai/deployments/NAME?api-version=2024-10-21`, without it
 * `https://a.openai.azure.com/openai/v1`; `http://localhost:11434/v1` stays as it is.
 */
export function addressOf(deployment: Pick<Deployment, 'endpoint' | 'deployment' | 'apiVersion'>): DeploymentAddress {
  const endpoint = deployment.endpoint.replace(/\/+$/, '');
  if (deployment.apiVersion !== undefined) {
    return {
      baseUrl: `${endpoint}/openai/deployments/${encodeURIComponent(deployment.deployment)}`,
      query: { 'api-version': deployment.apiVersion },
    };
  }
  return { baseUrl: /\/v1$/i.test(endpoint) ? endpoint : `${endpoint}/openai/v1`, query: {} };
}

export interface AuthSources {
  /** A token for the deployments of the pool. */
  readonly getToken: () => Promise<string>;
  /** The value of the setting named in a deployment's `auth`. */
  readonly keyOf?: (keySetting: string) => string;
}

interface Auth {
  /** Null removes a header that the client would set. */
  readonly headers: { readonly authorization: string | null; readonly 'api-key': string | null };
  /** Secrets that must not appear in outcomes or logs. */
  readonly secrets: readonly string[];
}

interface WaitLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * The headers that authenticate a request. Managed identity: a bearer token. A key: `api-key` on Azure's dated path, a
 * bearer token elsewhere, as Azure's v1 API and other servers take it.
 *
 * @throws {NotSent} when there is no token or key within the time, or none that a header can carry.
 */
export async function authHeaders(
  deployment: Pick<Deployment, 'auth' | 'apiVersion'>,
  sources: AuthSources & WaitLimits,
): Promise<Auth> {
  const { auth } = deployment;
  if (auth.kind === 'none') return { headers: { authorization: null, 'api-key': null }, secrets: [] };
  if (auth.kind === 'managedIdentity') return bearer(checked(await tokenInTime(sources), 'The token'));
  const key = checked(keyIn(auth.keySetting, sources), `The key in setting ${auth.keySetting}`);
  return deployment.apiVersion === undefined
    ? bearer(key)
    : { headers: { authorization: null, 'api-key': key }, secrets: [key] };
}

function bearer(token: string): Auth {
  return { headers: { authorization: `Bearer ${token}`, 'api-key': null }, secrets: [token] };
}

function keyIn(keySetting: string, { keyOf }: AuthSources): string {
  try {
    return keyOf?.(keySetting).trim() ?? '';
  } catch (error) {
    throw new NotSent('no-token', `The key in setting ${keySetting} could not be read.`, { cause: error });
  }
}

function checked(secret: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new NotSent('no-token', `${name} is ${secret === '' ? 'empty' : 'nothing that a header can carry'}.`);
}

async function tokenInTime({ getToken, timeoutMs, signal }: AuthSources & WaitLimits): Promise<string> {
  const end = await inTime(getToken, { waitMs: timeoutMs, signal }).catch((error: unknown) => {
    const why = error instanceof Error ? serviceSentence(error.message, []) : '';
    throw new NotSent('no-token', `No token could be had. ${why}`.trim(), { cause: error });
  });
  if (end.kind === 'late') throw new NotSent('no-token', `No token came within ${timeoutMs} ms.`);
  if (end.kind === 'aborted') throw new NotSent('aborted', 'We ended the call before anything was sent.');
  return end.value;
}
