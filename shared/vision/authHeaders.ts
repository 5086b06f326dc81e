import type { Deployment } from '../pool/deployment.ts';
import { NotSent } from './notSent.ts';
import { serviceSentence } from './serviceSentence.ts';
import { waitFor } from './waitFor.ts';

export interface AuthSources {
  /** A token for the deployments of the pool. */
  readonly getToken: () => Promise<string>;
  /** The value of the setting that a deployment's `auth` names. */
  readonly keyOf?: (keySetting: string) => string;
}

export interface Auth {
  /** Null takes a header away, whatever else would set it. */
  readonly headers: { readonly authorization: string | null; readonly 'api-key': string | null };
  /** What must appear in no outcome and no log. */
  readonly secrets: readonly string[];
}

/**
 * How a request shows who asks. Managed identity: a bearer token. A key: `api-key` on Azure's dated path, a bearer
 * token elsewhere, as Azure's v1 API and other servers take it.
 *
 * @throws {NotSent} when there is no token or key within the time, or none that a header can carry.
 */
export async function authHeaders(
  deployment: Pick<Deployment, 'auth' | 'apiVersion'>,
  sources: AuthSources & WaitingTime,
): Promise<Auth> {
  const { auth } = deployment;
  if (auth.kind === 'none') return { headers: { authorization: null, 'api-key': null }, secrets: [] };
  if (auth.kind === 'managedIdentity')
    return bearer(carried(await tokenInTime(sources.getToken, sources), 'The token'));
  const key = carried(keyIn(auth.keySetting, sources), `The key in setting ${auth.keySetting}`);
  return deployment.apiVersion === undefined
    ? bearer(key)
    : { headers: { authorization: null, 'api-key': key }, secrets: [key] };
}

interface WaitingTime {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
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

function carried(secret: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new NotSent('no-token', `${name} is ${secret === '' ? 'empty' : 'nothing that a header can carry'}.`);
}

async function tokenInTime(getToken: AuthSources['getToken'], { timeoutMs, signal }: WaitingTime): Promise<string> {
  try {
    return await waitFor(getToken(), {
      timeoutMs,
      ...(signal && { signal }),
      ended: (why) =>
        why === 'timeout'
          ? new NotSent('no-token', `No token came within ${timeoutMs} ms.`)
          : new NotSent('aborted', 'We ended the call before anything was sent.'),
    });
  } catch (error) {
    if (error instanceof NotSent) throw error;
    const why = error instanceof Error ? serviceSentence(error.message, []) : '';
    throw new NotSent('no-token', `No token could be had. ${why}`.trim(), { cause: error });
  }
}
