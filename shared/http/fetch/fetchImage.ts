import { type LookupAddress, type LookupOptions, lookup as resolveName } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request as sendRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError, formatCount, ImageRejected, shortened } from '../../errors.ts';
import { failureOfConnection, failureOfTimeout, refusalOfStatus } from './imageHost.ts';
import { parseImageUrl, type UrlRule, unsafeUrl } from './imageUrl.ts';

/** Downloads the image of a caller's URL: over https, from public addresses, within limits of bytes and time. */
export type FetchImage = (url: string) => Promise<Buffer>;

/** `rule` judges every address when the connection is made, so that a name cannot change its address in between. */
export interface FetchLimits extends UrlRule {
  readonly maxBytes: number;
  /** For all of it, redirects included. */
  readonly timeoutMs: number;
  /** Resolves names; the system's resolver when absent. */
  readonly resolve?: Resolve;
  /** Certificates to trust beside the system's. */
  readonly certificate?: string;
}

export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  told: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const MOST_REDIRECTS = 5;

/**
 * @throws {ImageRejected} `unsafe-url` with the reason, `too-large`
 * @throws {ImageUnreachable} if the same call may succeed later
 */
export function createFetchImage(limits: FetchLimits): FetchImage {
  return async (given) => {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    let url = parseImageUrl(given, limits);
    for (let redirects = 0; ; redirects++) {
      const host = shortened(url.host);
      try {
        const answer = await askFor(url, signal, limits);
        const next = redirectOf(answer, url);
        if (!next) return await readImage(answer, host, limits.maxBytes);
        answer.destroy();
        if (redirects === MOST_REDIRECTS) throw unsafeUrl(`The URL redirects more than ${MOST_REDIRECTS} times.`);
        url = parseImageUrl(next, limits);
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw signal.aborted ? failureOfTimeout(host, limits.timeoutMs, error) : failureOfConnection(host, error);
      }
    }
  };
}

function askFor(url: URL, signal: AbortSignal, limits: FetchLimits): Promise<IncomingMessage> {
  return new Promise((succeed, fail) => {
    const asked = sendRequest(url, {
      // A new connection: one that another call opened was not checked for this one.
      agent: false,
      signal,
      lookup: checkedLookup(limits),
      headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'argus' },
      ...(limits.certificate === undefined ? {} : { ca: limits.certificate }),
    });
    asked.once('response', succeed);
    asked.once('error', fail);
    asked.end();
  });
}

/**
 * Resolves a name, and refuses it if any of its addresses is not public. The connection uses the address that is
 * returned here.
 */
function checkedLookup({ rule, resolve = resolveName }: FetchLimits): LookupFunction {
  return (hostname, options, told) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const kind = addresses?.map(({ address }) => rule(address)).find((each) => each !== undefined);
      const [first] = addresses ?? [];
      if (error || !first) told(error ?? Object.assign(new Error('no address'), { code: 'ENODATA' }), []);
      else if (kind !== undefined)
        told(unsafeUrl(`The name ${hostname} stands for ${kind}; images are fetched from public addresses only.`), []);
      else if (options.all) told(null, addresses);
      else told(null, first.address, first.family);
    });
  };
}

/** The target of a redirect; undefined when the response is the image. */
function redirectOf(answer: IncomingMessage, from: URL): string | undefined {
  const { statusCode = 0 } = answer;
  if (statusCode === 200) return undefined;
  const { location } = answer.headers;
  answer.resume();
  if ([301, 302, 303, 307, 308].includes(statusCode) && location !== undefined) {
    const next = URL.parse(location, from.href);
    if (next) return next.href;
  }
  answer.destroy();
  const retryAfter = answer.headers['retry-after'];
  throw refusalOfStatus({ host: shortened(from.host), status: statusCode, retryAfter }, Date.now());
}

async function readImage(answer: IncomingMessage, host: string, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = Number(answer.headers['content-length'] ?? 0);
  try {
    if (bytes > maxBytes) throw tooLarge(host, bytes, maxBytes);
    bytes = 0;
    for await (const part of answer as AsyncIterable<Buffer>) {
      bytes += part.byteLength;
      if (bytes > maxBytes) throw tooLarge(host, bytes, maxBytes);
      parts.push(part);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(parts, bytes);
}

function tooLarge(host: string, bytes: number, maxBytes: number): ImageRejected {
  const [has, limit] = [formatCount(bytes), formatCount(maxBytes)];
  return new ImageRejected('too-large', `The image from ${host} has at least ${has} bytes; the limit is ${limit}.`);
}
