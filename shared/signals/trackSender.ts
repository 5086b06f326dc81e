import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import pLimit from 'p-limit';
import type { Envelope } from './envelopes.ts';

/** Sends envelopes, one batch after the other. Never throws: telemetry must not harm what it measures. */
export type SendEnvelopes = (envelopes: readonly Envelope[]) => Promise<void>;

export interface TrackOptions {
  /** The ingestion endpoint's address for telemetry, with its path. */
  readonly trackUrl: string;
  /** @throws when there is no token to be had */
  readonly getToken: () => Promise<string>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Receives a problem when it begins, not at each try. */
  readonly warn: (sentence: string) => void;
}

const SEND_TIMEOUT_MS = 10_000;

/** What could not be sent waits in memory for the next time, so many of the newest: some minutes of a busy instance. */
const KEPT_ENVELOPES = 1_000;

const MOST_REDIRECTS = 3;

/**
 * Ends of a request after which the same can be taken later: among them 401 and 403, for a role that was just given is
 * known everywhere only minutes later, and 439, a daily cap (Microsoft Learn, "Application Insights telemetry data model").
 */
const PASSING_STATUSES = new Set([401, 403, 408, 429, 439, 500, 502, 503, 504]);

const compressed = promisify(gzip);

/**
 * The track API of Application Insights, version 2.1: lines of JSON, compressed, with a token of Entra ID ("Microsoft Entra
 * authentication for Application Insights" names the audience for clients of one's own).
 */
export function createTrackSender(options: TrackOptions): SendEnvelopes {
  let kept: readonly Envelope[] = [];
  let reported: string | undefined;
  const oneAtATime = pLimit(1);

  async function sendNow(envelopes: readonly Envelope[]): Promise<void> {
    const all = [...kept, ...envelopes];
    if (all.length === 0) return;
    const { left, problem } = await attempt(all, options);
    kept = left.slice(-KEPT_ENVELOPES);
    if (problem !== undefined && problem !== reported) {
      options.warn(`Telemetry does not reach Application Insights (${problem}). Analyses continue without it.`);
    }
    reported = problem;
  }

  return (envelopes) => oneAtATime(() => sendNow(envelopes));
}

interface Attempt {
  /** What may be taken later. */
  readonly left: readonly Envelope[];
  /** A status or the name of a fault: what the service wrote is not repeated. */
  readonly problem?: string;
}

async function attempt(envelopes: readonly Envelope[], options: TrackOptions): Promise<Attempt> {
  try {
    const token = await options.getToken();
    const body = await compressed(envelopes.map((one) => JSON.stringify(one)).join('\n'));
    const response = await post(new URL(options.trackUrl), { token, body, signal: options.signal });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.status === 206) return { left: refusedForNow(envelopes, answer), problem: '206' };
    if (response.ok) return { left: [] };
    return { left: PASSING_STATUSES.has(response.status) ? envelopes : [], problem: String(response.status) };
  } catch (error) {
    return { left: envelopes, problem: faultOf(error) };
  }
}

async function post(
  url: URL,
  sent: { readonly token: string; readonly body: Uint8Array<ArrayBuffer>; readonly signal: AbortSignal },
  redirects = 0,
): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${sent.token}`,
      'content-type': 'application/x-json-stream',
      'content-encoding': 'gzip',
    },
    body: sent.body,
    redirect: 'manual',
    signal: AbortSignal.any([sent.signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
  });
  const location = response.headers.get('location');
  if (![307, 308].includes(response.status) || location === null || redirects === MOST_REDIRECTS) return response;
  const next = new URL(location, url);
  // The service moves a component between its hosts; the token goes to none but its neighbours.
  if (next.protocol !== url.protocol || domainOf(next) !== domainOf(url)) return response;
  await response.body?.cancel();
  return post(next, sent, redirects + 1);
}

/** `westus-0.in.applicationinsights.azure.com` lies in `in.applicationinsights.azure.com`. */
function domainOf({ hostname }: URL): string {
  return hostname.slice(hostname.indexOf('.') + 1);
}

/** 206: some were taken. The answer names the others by their place. */
function refusedForNow(envelopes: readonly Envelope[], answer: unknown): readonly Envelope[] {
  const { errors } = (answer ?? {}) as { errors?: readonly { index: number; statusCode: number }[] };
  return (errors ?? []).flatMap(({ index, statusCode }) => {
    const refused = envelopes[index];
    return refused && PASSING_STATUSES.has(statusCode) ? [refused] : [];
  });
}

/** `fetch` hides what the connection said in the cause of its error. */
function faultOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? name ?? 'unknown';
}
