import { createHmac } from 'node:crypto';
import { AZURITE_KEY } from './startAzurite.ts';
import type { StorageService } from './storageCall.ts';

/** A request as it is signed: headers as name and value in turn. */
interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly rawHeaders: readonly string[];
}

/** The headers that a signature holds by their place (Microsoft Learn, "Authorize with Shared Key", read 2026-11-30). */
const STANDARD_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/**
 * The headers of a request that was changed on its way, signed again with the account's key. Headers stay as they are where
 * the first signature was not the account's, where a token or a shared access signature is used, and for tables, whose
 * signature covers neither query nor body.
 */
export function signAgain(
  service: StorageService,
  sent: SignedRequest,
  changed: SignedRequest,
): SignedRequest['rawHeaders'] {
  const { rawHeaders } = changed;
  if (service === 'table' || headerOf(sent.rawHeaders, 'authorization') !== sharedKey(sent)) return rawHeaders;
  const at = rawHeaders.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === 'authorization');
  return rawHeaders.with(at + 1, sharedKey(changed));
}

function sharedKey(request: SignedRequest): string {
  const signature = createHmac('sha256', Buffer.from(AZURITE_KEY, 'base64')).update(stringToSign(request), 'utf8');
  return `SharedKey ${accountOf(request)}:${signature.digest('base64')}`;
}

function stringToSign({ method, url, rawHeaders }: SignedRequest): string {
  const standard = STANDARD_HEADERS.map((name) => {
    const value = headerOf(rawHeaders, name) ?? '';
    if (name === 'content-length' && value === '0') return '';
    return name === 'date' && headerOf(rawHeaders, 'x-ms-date') !== undefined ? '' : value;
  });
  const names = rawHeaders.filter((name, place) => place % 2 === 0 && /^x-ms-/i.test(name));
  const own = [...new Set(names.map((name) => name.toLowerCase()))]
    .sort()
    .map((name) => `${name}:${headerOf(rawHeaders, name) ?? ''}`);
  const parameters = [...new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()))]
    .sort()
    .map((name) => `\n${name}:${url.searchParams.getAll(name).sort().join(',')}`);
  return [method, ...standard, ...own, `/${accountOf({ url })}${url.pathname}${parameters.join('')}`].join('\n');
}

/** The first segment of the path (Azurite, README, "IP-style URL"); all accounts here have one key. */
function accountOf({ url }: Pick<SignedRequest, 'url'>): string {
  return url.pathname.split('/')[1] ?? '';
}

function headerOf(rawHeaders: readonly string[], wanted: string): string | undefined {
  const at = rawHeaders.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === wanted);
  return at < 0 ? undefined : rawHeaders[at + 1]?.trim();
}
