import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSelfSignedCertificate } from '../../../local/storage/selfSignedCertificate.ts';
import { type AddressRule, notPublic } from '../../../shared/http/fetch/addressRule.ts';
import {
  createFetchImage,
  type FetchImage,
  type FetchLimits,
  type Resolve,
} from '../../../shared/http/fetch/fetchImage.ts';

const PICTURE = Buffer.from('a picture, as far as this test is concerned');
const { certificate, key } = makeSelfSignedCertificate(Date.now());

let port: number;
let plainPort: number;
let asked: string[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    asked.push(incoming.url ?? '');
    answers[incoming.url ?? '']?.(outgoing);
  };
  servers.push(createServer({ cert: certificate, key }, serve), createPlainServer(serve));
  await Promise.all(servers.map((server) => new Promise<void>((up) => server.listen(0, '127.0.0.1', up))));
  [port, plainPort] = servers.map((server) => (server.address() as AddressInfo).port) as [number, number];
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((down) => server.close(down))));
});

const redirect =
  (to: () => string, status = 302) =>
  (outgoing: ServerResponse): void =>
    void outgoing.writeHead(status, { location: to() }).end('over there');

const answers: Readonly<Record<string, (outgoing: ServerResponse) => void>> = {
  '/picture': (outgoing) => outgoing.end(PICTURE),
  '/picture-in-chunks': (outgoing) => void outgoing.writeHead(200).write(PICTURE, () => outgoing.end()),
  '/moved': redirect(() => `https://127.0.0.1:${port}/picture`, 301),
  '/moved-nearby': redirect(() => '/picture', 307),
  '/to-metadata': redirect(() => 'https://169.254.169.254/metadata/instance'),
  '/to-metadata-in-hex': redirect(() => 'https://0xa9fea9fe/'),
  '/to-private-name': redirect(() => 'https://inside.example/'),
  '/to-http': redirect(() => `http://127.0.0.1:${plainPort}/picture`),
  '/to-file': redirect(() => 'file:///etc/passwd'),
  '/round': redirect(() => '/round'),
  '/nowhere': (outgoing) => outgoing.writeHead(302).end(),
  '/forbidden': (outgoing) => outgoing.writeHead(403).end('no'),
  '/empty': (outgoing) => outgoing.writeHead(204).end(),
  '/to-other-port': redirect(() => 'https://example.com:8443/a.png'),
  '/busy': (outgoing) => outgoing.writeHead(429, { 'retry-after': '7' }).end('later'),
  '/down': (outgoing) => outgoing.writeHead(503).end('down'),
  '/gateway-timeout': (outgoing) => outgoing.writeHead(504).end(),
  '/reset': (outgoing) => void outgoing.destroy(),
  '/gone': (outgoing) => outgoing.writeHead(404).end('no such picture'),
  '/silent': () => undefined,
  '/drip': (outgoing) => {
    outgoing.write('x');
    const drip = setInterval(() => outgoing.write('x'), 20);
    outgoing.once('close', () => clearInterval(drip));
  },
  '/endless': (outgoing) => {
    const pour = (): void => {
      while (!outgoing.destroyed && outgoing.write(Buffer.alloc(64 * 1024)));
    };
    outgoing.on('drain', pour);
    pour();
  },
  '/announced': (outgoing) => {
    outgoing.writeHead(200, { 'content-length': '5000000' });
    outgoing.write('x');
  },
  '/cut': (outgoing) => {
    outgoing.writeHead(200, { 'content-length': '100' });
    outgoing.write('x');
    setImmediate(() => outgoing.destroy());
  },
};

/** As in production, but that this machine itself counts as public: the servers of this test are there. */
const thisMachineToo: AddressRule = (address) => (address === '127.0.0.1' ? undefined : notPublic(address));

/** Names as a hostile resolver gives them. */
const resolve: Resolve = (hostname, _options, told) => {
  const addresses: Readonly<Record<string, readonly string[]>> = {
    localhost: ['127.0.0.1'],
    'inside.example': ['10.1.2.3'],
    'both.example': ['127.0.0.1', '10.1.2.3'],
    'mapped.example': ['::ffff:169.254.169.254'],
    'nothing.example': [],
  };
  const found = addresses[hostname];
  const code = hostname === 'slow.example' ? 'EAI_AGAIN' : 'ENOTFOUND';
  if (!found) told(Object.assign(new Error('no such name'), { code }), []);
  else
    told(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
};

const limits = { rule: thisMachineToo, resolve, certificate, maxBytes: 1_000_000, timeoutMs: 10_000 };
/** The port of a server of a test is known once it listens. */
const fetching = (more: Partial<FetchLimits> = {}): FetchImage =>
  createFetchImage({ ...limits, ports: [443, port], ...more });
const fetchImage: FetchImage = (url) => fetching()(url);
const at = (path: string): string => `https://127.0.0.1:${port}${path}`;

describe('fetchImage', () => {
  it.each(['/picture', '/moved', '/moved-nearby'])('gives the bytes of %s', async (path) => {
    expect(await fetchImage(at(path))).toEqual(PICTURE);
  });

  it('gives the bytes of a name', async () => {
    expect(await fetchImage(`https://localhost:${port}/picture`)).toEqual(PICTURE);
  });

  it.each([
    ['no URL', '`image.url` is not an absolute URL'],
    ['/picture', '`image.url` is not an absolute URL'],
    ['http://example.com/a.png', 'The URL begins with http://; only https:// is fetched.'],
    ['ftp://example.com/a.png', 'The URL begins with ftp://; only https:// is fetched.'],
    ['data:image/png;base64,AAAA', 'only https:// is fetched.'],
    ['https://me:secret@example.com/a.png', 'The URL contains a user name or a password'],
    ['https://me@example.com/a.png', 'Send a URL without credentials.'],
    ['https://example.com:8443/a.png', 'The URL names port 8443; images are fetched from these ports only: 443, '],
    ['https://example.com:80/a.png', 'The URL names port 80;'],
    [
      'https://me:x@10.0.0.1:22/',
      'Send a URL without credentials. 10.0.0.1 is a private address; images are fetched from public addresses only. The URL names port 22;',
    ],
    ['https://example.com:0/a.png', 'The URL names port 0;'],
    ['https://example.com:99999/a.png', '`image.url` is not an absolute URL'],
    ['https://10.0.0.1/a.png', '10.0.0.1 is a private address; images are fetched from public addresses only.'],
    ['https://169.254.169.254/metadata', '169.254.169.254 is a link-local address'],
    ['https://168.63.129.16/', '168.63.129.16 is an address of the platform'],
    ['https://[::1]/', '::1 is a loopback address'],
    ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1 is an IPv4 address in IPv6 form'],
    ['https://[fd00:ec2::254]/', 'fd00:ec2::254 is a private address'],
    ['https://0x0a000001/', '10.0.0.1 is a private address'],
    ['https://167772161/', '10.0.0.1 is a private address'],
    ['https://012.0.0.1/', '10.0.0.1 is a private address'],
    ['https://10.1/', '10.0.0.1 is a private address'],
    ['https://inside.example/', 'The name inside.example stands for a private address'],
    ['https://both.example/', 'The name both.example stands for a private address'],
    ['https://mapped.example/', 'The name mapped.example stands for an IPv4 address in IPv6 form'],
  ])('refuses %s without asking anybody', async (url, sentence) => {
    asked = [];
    const refused = expect(fetchImage(url)).rejects;
    await refused.toMatchObject({ code: 'unsafe-url', status: 422 });
    await expect(fetchImage(url)).rejects.toThrow(sentence);
    expect(asked).toEqual([]);
  });

  it.each([
    ['/to-metadata', '169.254.169.254 is a link-local address'],
    ['/to-metadata-in-hex', '169.254.169.254 is a link-local address'],
    ['/to-private-name', 'The name inside.example stands for a private address'],
    ['/to-http', 'The URL begins with http://; only https:// is fetched.'],
    ['/to-file', 'The URL begins with file://; only https:// is fetched.'],
    ['/to-other-port', 'The URL names port 8443;'],
    ['/round', 'The URL redirects more than 5 times.'],
    ['/nowhere', 'answered 302; an image needs an answer of 200. Check the URL.'],
    ['/gone', 'answered 404; an image needs an answer of 200. Check the URL.'],
    ['/forbidden', 'answered 403; an image needs an answer of 200. Check the URL.'],
    ['/empty', 'answered 204; an image needs an answer of 200. Check the URL.'],
  ])('goes no further than %s', async (path, sentence) => {
    await expect(fetchImage(at(path))).rejects.toMatchObject({
      code: 'unsafe-url',
      detail: expect.stringContaining(sentence),
    });
  });

  it.each([
    ['/busy', 'answered 429. Try again later.', 502, 7_000],
    ['/down', 'answered 503. Try again later.', 502, 30_000],
    ['/gateway-timeout', 'answered 504. Try again later.', 504, 30_000],
    ['/cut', 'failed or broke off (ECONNRESET). Try again later.', 502, 30_000],
    ['/reset', 'failed or broke off (ECONNRESET). Try again later.', 502, 30_000],
  ])('says of %s that it may be reached later', async (path, sentence, status, retryAfterMs) => {
    await expect(fetchImage(at(path))).rejects.toMatchObject({
      code: 'image-unreachable',
      status,
      retryAfterMs,
      detail: expect.stringContaining(sentence),
    });
  });

  it.each([
    ['https://unknown.example/', 'The host name unknown.example cannot be resolved (ENOTFOUND).'],
    ['https://slow.example/', 'The host name slow.example cannot be resolved (EAI_AGAIN).'],
    ['https://nothing.example/', 'The host name nothing.example cannot be resolved (ENODATA).'],
    ['https://127.0.0.1:1/', 'The connection to the host 127.0.0.1:1 failed or broke off (ECONNREFUSED).'],
  ])('says of %s that it may be reached later', async (url, sentence) => {
    await expect(fetching({ ports: [443, 1] })(url)).rejects.toMatchObject({
      code: 'image-unreachable',
      status: 502,
      detail: expect.stringContaining(sentence),
    });
  });

  it('connects to port 443 only where no other is allowed', async () => {
    await expect(fetching({ ports: [443] })(at('/picture'))).rejects.toThrow(
      `The URL names port ${port}; images are fetched from port 443 only (setting IMAGE_URL_PORTS).`,
    );
  });

  it('judges the address that is connected to, whatever the name stood for before', async () => {
    let lookups = 0;
    const rebinding = fetching({
      resolve: (_hostname, _options, told) => {
        lookups += 1;
        told(null, [{ address: lookups === 1 ? '127.0.0.1' : '10.1.2.3', family: 4 }]);
      },
    });
    expect(await rebinding(`https://localhost:${port}/picture`)).toEqual(PICTURE);
    await expect(rebinding(`https://localhost:${port}/picture`)).rejects.toThrow('stands for a private address');
  });

  it.each(['/endless', '/announced'])('cuts %s at the limit', async (path) => {
    await expect(fetchImage(at(path))).rejects.toMatchObject({
      code: 'too-large',
      detail: expect.stringMatching(/at least [\d,]+ bytes; the limit is 1,000,000\.$/),
    });
  });

  it.each(['/picture', '/picture-in-chunks'])(
    'takes %s at exactly the limit, and not with a byte more',
    async (path) => {
      const [exact, oneLess] = [PICTURE.length, PICTURE.length - 1];
      expect(await fetching({ maxBytes: exact })(at(path))).toEqual(PICTURE);
      await expect(fetching({ maxBytes: oneLess })(at(path))).rejects.toThrow(
        `has at least ${exact} bytes; the limit is ${oneLess}.`,
      );
    },
  );

  it.each(['/silent', '/drip'])('gives %s up when its time is over', async (path) => {
    const impatient = fetching({ timeoutMs: 300 });
    await expect(impatient(at(path))).rejects.toMatchObject({
      code: 'image-unreachable',
      status: 504,
      detail: `The host 127.0.0.1:${port} did not deliver the whole image within 0.3 s. Try again later.`,
    });
  });

  it('trusts no certificate without a trusted issuer', async () => {
    const { certificate: _, ...strangers } = limits;
    await expect(createFetchImage({ ...strangers, ports: [port] })(at('/picture'))).rejects.toThrow(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
  });

  it('refuses this machine in production', async () => {
    const inProduction = fetching({ rule: notPublic });
    await expect(inProduction(at('/picture'))).rejects.toThrow('127.0.0.1 is a loopback address');
    await expect(inProduction(`https://localhost:${port}/picture`)).rejects.toThrow(
      'The name localhost stands for a loopback address',
    );
  });
});
