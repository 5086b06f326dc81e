import { type LookupAddress, type LookupOptions, lookup as resolveName } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request as sendRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ImageRejected, shortened } from '../errors.ts';
import type { AddressRule } from './addressRule.ts';

/** Fetches the image of a URL that a caller gave: over https, from public addresses, so many bytes in so much time. */
export type FetchImage = (url: string) => Promise<Buffer>;

export interface FetchLimits {
  /** Every address is held against it when the connection is made, so that a name cannot change its mind in between. */
  readonly rule: AddressRule;
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

/** @throws {ImageRejected} `unsafe-url` with the reason, `too-large` */
export function createFetchImage(limits: FetchLimits): FetchImage {
  return async (given) => {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    let url = checkedUrl(given, limits.rule);
    for (let redirects = 0; ; redirects++) {
      const host = shortened(url.host);
      try {
        const answer = await askFor(url, signal, limits);
        const next = redirectOf(answer, url);
        if (!next) return await readImage(answer, host, limits.maxBytes);
        answer.destroy();
        if (redirects === MOST_REDIRECTS) throw unsafe(`The URL leads on more than ${MOST_REDIRECTS} times.`);
        url = checkedUrl(next, limits.rule);
      } catch (error) {
        throw rejectionOf(error, { host, isLate: signal.aborted, timeoutMs: limits.timeoutMs });
      }
    }
  };
}

/** The URL, when its form allows to fetch it; an address in the place of a name is judged here, for it is not resolved. */
function checkedUrl(text: string, rule: AddressRule): URL {
  const url = URL.parse(text);
  if (!url) throw unsafe('The URL is none: it must be absolute, such as https://example.com/image.png.');
  if (url.protocol !== 'https:') throw unsafe(`The URL begins with ${url.protocol}//; only https:// is fetched.`);
  if (url.username !== '' || url.password !== '') throw unsafe('The URL holds a name or a password; send one without.');
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const kind = isIP(address) === 0 ? undefined : rule(address);
  if (kind !== undefined) throw unsafe(`${address} is ${kind}; images are fetched from public addresses only.`);
  return url;
}

function askFor(url: URL, signal: AbortSignal, limits: FetchLimits): Promise<IncomingMessage> {
  return new Promise((succeed, fail) => {
    const asked = sendRequest(url, {
      // A connection of its own: one that another call opened was not checked for this one.
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

/** Resolves a name and refuses it when any of its addresses is not public: the connection is made to what is given here. */
function checkedLookup({ rule, resolve = resolveName }: FetchLimits): LookupFunction {
  return (hostname, options, told) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const kind = addresses?.map(({ address }) => rule(address)).find((each) => each !== undefined);
      const [first] = addresses ?? [];
      if (error || !first) told(error ?? unsafe(`The name ${hostname} has no address.`), []);
      else if (kind !== undefined)
        told(unsafe(`The name ${hostname} stands for ${kind}; images are fetched from public addresses only.`), []);
      else if (options.all) told(null, addresses);
      else told(null, first.address, first.family);
    });
  };
}

/** Where the answer leads; undefined when it is the image. */
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
  throw unsafe(`The host ${shortened(from.host)} answered ${statusCode}; an image comes with 200.`);
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

function rejectionOf(
  error: unknown,
  asked: { readonly host: string; readonly isLate: boolean; readonly timeoutMs: number },
): ImageRejected {
  if (error instanceof ImageRejected) return error;
  const { host, isLate, timeoutMs } = asked;
  const options = { cause: error };
  if (isLate) {
    const seconds = (timeoutMs / 1000).toLocaleString('en-US');
    return unsafe(`The host ${host} did not hand over the whole image within ${seconds} s.`, options);
  }
  const code = (error as NodeJS.ErrnoException).code ?? 'no reason given';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return unsafe(`The name ${host} cannot be resolved.`, options);
  return unsafe(`The host ${host} could not be reached, or broke off (${code}).`, options);
}

function unsafe(detail: string, options?: ErrorOptions): ImageRejected {
  return new ImageRejected('unsafe-url', detail, options);
}

function tooLarge(host: string, bytes: number, maxBytes: number): ImageRejected {
  const [has, limit] = [bytes.toLocaleString('en-US'), maxBytes.toLocaleString('en-US')];
  return new ImageRejected('too-large', `The image from ${host} has at least ${has} bytes; the limit is ${limit}.`);
}
