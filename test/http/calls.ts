import functions from '@azure/functions';
import { type Config, readConfig } from '../../shared/settings/config.ts';

/** Requests as the platform's library hands them over; it offers its classes only through the default import. */
const { HttpRequest, InvocationContext } = functions;

export type Request = InstanceType<typeof HttpRequest>;
export type Context = InstanceType<typeof InvocationContext>;

export interface Call {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function requestOf({ url = 'http://localhost:7071/api/analyze', headers, body }: Call = {}): Request {
  return new HttpRequest({
    method: body === undefined ? 'GET' : 'POST',
    url,
    ...(headers ? { headers: { ...headers } } : {}),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? { string: body } : { bytes: body } }),
  });
}

/** A POST with a JSON body. */
export function jsonCall(body: unknown, headers: Readonly<Record<string, string>> = {}): Request {
  return requestOf({ headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

/** A POST with bytes, and what is asked of them in the query. */
export function bytesCall(bytes: Uint8Array, query = '', contentType = 'image/png'): Request {
  const url = `http://localhost:7071/api/analyze${query}`;
  return requestOf({ url, headers: { 'content-type': contentType }, body: bytes });
}

/** A context that keeps what was logged. */
export function contextOf(): { readonly context: Context; readonly logged: readonly unknown[] } {
  const logged: unknown[] = [];
  const context = new InvocationContext({
    functionName: 'analyze',
    invocationId: '1',
    logHandler: (_level, ...values) => logged.push(...values),
  });
  return { context, logged };
}

/** The seed's pool, and a deployment of a newer model. */
export function configOfTest(settings: Readonly<Record<string, string>> = {}): Config {
  const seed = ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'].map((region) => ({
    name: `gpt-4-vision-preview-${region}`,
    endpoint: `https://argus-${region}.openai.azure.com`,
    region,
    model: 'gpt-4',
    version: 'vision-preview',
    tokensPerMinute: 10_000,
  }));
  return readConfig({
    VISION_DEPLOYMENTS: JSON.stringify(seed),
    IMAGES_STORAGE: 'UseDevelopmentStorage=true',
    ...settings,
  });
}
