import { isIP } from 'node:net';
import { ImageRejected, shortened } from '../../errors.ts';
import type { AddressRule } from './addressRule.ts';

/** The rules for a URL before its image is downloaded. */
export interface UrlRule {
  /** Checks the address of a URL without a host name. */
  readonly rule: AddressRule;
  /** The only ports that are connected to. */
  readonly ports: readonly number[];
}

/** The default port of `https:`. */
const HTTPS_PORT = 443;

/**
 * The URL, if its form allows fetching it: absolute, `https:`, without credentials, with an allowed port, and with a public
 * address if it has one in place of a name.
 *
 * @throws {ImageRejected} `unsafe-url`
 */
export function parseImageUrl(text: string, { rule, ports }: UrlRule): URL {
  const url = URL.parse(text);
  if (!url) throw unsafeUrl('`image.url` is not an absolute URL, such as https://example.com/image.png.');
  const problems = [schemeProblem(url), credentialsProblem(url), addressProblem(url, rule), portProblem(url, ports)];
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw unsafeUrl(found.join(' '));
  return url;
}

function schemeProblem({ protocol }: URL): string | undefined {
  if (protocol === 'https:') return undefined;
  return `The URL begins with ${shortened(protocol)}//; only https:// is fetched.`;
}

function credentialsProblem({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return 'The URL contains a user name or a password. Send a URL without credentials.';
}

/** An address in place of a name is checked here, because it is never resolved. */
function addressProblem({ hostname }: URL, rule: AddressRule): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  const kind = isIP(address) === 0 ? undefined : rule(address);
  return kind && `${address} is ${kind}; images are fetched from public addresses only.`;
}

function portProblem({ protocol, port }: URL, ports: readonly number[]): string | undefined {
  const asked = port === '' ? HTTPS_PORT : Number(port);
  if (protocol !== 'https:' || ports.includes(asked)) return undefined;
  const allowed = ports.length === 1 ? `port ${ports[0]} only` : `these ports only: ${ports.join(', ')}`;
  return `The URL names port ${asked}; images are fetched from ${allowed} (setting IMAGE_URL_PORTS).`;
}

/** @param detail why the image of this URL is never downloaded */
export function unsafeUrl(detail: string, options?: ErrorOptions): ImageRejected {
  return new ImageRejected('unsafe-url', detail, options);
}
