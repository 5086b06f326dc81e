import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

/** What is wrong is said with its value; nothing of it is kept; the log holds nothing that is the caller's own. */

const SAMPLES = resolve(import.meta.dirname, '..', '..', 'local', 'samples');
const QUESTION = 'Which of these confidential seagulls is mine?';

let cloud: TestCloud;
let png: Buffer;
let inside: ReturnType<typeof createServer>;
let insidePort: number;
let insideAsked = 0;
beforeAll(async () => {
  png = await plainPng(77, 55, '#135724');
  inside = createServer((_incoming, outgoing) => {
    insideAsked += 1;
    outgoing.end(png);
  }).listen(0, '127.0.0.1');
  await once(inside, 'listening');
  insidePort = (inside.address() as AddressInfo).port;
  cloud = await startTestCloud({ regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })) });
});
afterAll(async () => {
  inside?.close();
  await cloud?.stop();
});

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const bytes = (body: Uint8Array, contentType = 'image/png', more: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': contentType, ...more },
  body: new Uint8Array(body),
});

function form(parts: readonly (readonly [string, string | Buffer])[]): RequestInit {
  const body = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') body.append(name, value);
    else body.append(name, new Blob([new Uint8Array(value)]), `${name}.png`);
  }
  return { method: 'POST', body };
}

const fromUrl = (url: string): RequestInit => json({ image: { url }, task: 'describe' });

/** Sent in pieces, without a length: more than the app takes, less than the 100 MiB over which the platform answers. */
async function* overLong(): AsyncGenerator<Uint8Array> {
  for (let mebibytes = 0; mebibytes < 98; mebibytes++) yield new Uint8Array(1024 * 1024);
}

/** What is wrong, the call, the status and code, and a part of the sentence. */
const CASES: readonly (readonly [string, string, () => RequestInit, number, string, string])[] = [
  ['no body', '/analyze', () => ({ method: 'POST' }), 400, 'invalid-request', 'The header content-type is missing'],
  ['an empty body', '/analyze', () => bytes(Buffer.alloc(0)), 400, 'invalid-request', 'The body is empty'],
  [
    'malformed JSON',
    '/analyze',
    () => json('{"image":'),
    400,
    'invalid-request',
    'The body is not valid JSON: it ends too early.',
  ],
  ['JSON that is no object', '/analyze', () => json([1]), 400, 'invalid-request', 'must be a JSON object'],
  ['a wrong content type', '/analyze', () => bytes(png, 'text/plain'), 400, 'invalid-request', '"text/plain"'],
  [
    'an estimate of another content type',
    '/estimate',
    () => bytes(Buffer.from('{}'), 'application/x-www-form-urlencoded'),
    400,
    'invalid-request',
    'The content type is "application/x-www-form-urlencoded"; send application/json, image/*',
  ],
  [
    'a command of another content type',
    '/analyses',
    () => bytes(Buffer.from('{}'), 'text/plain'),
    400,
    'invalid-request',
    'The content type is "text/plain"; send application/json.',
  ],
  [
    'a task in the query beside JSON',
    '/analyze?task=text',
    () => json({ image: { blob: 'a.png' } }),
    400,
    'invalid-request',
    'task stands in the query; with this content type it belongs into the body.',
  ],
  [
    'a prefix in the query of a command',
    '/analyses?prefix=a/',
    () => json({ dryRun: true }),
    400,
    'invalid-request',
    'prefix stands in the query',
  ],
  ['no image', '/analyze', () => json({ task: 'text' }), 400, 'invalid-request', 'it has none'],
  [
    'two images in JSON',
    '/analyze',
    () => json({ image: { base64: 'AAAA', blob: 'a.png' } }),
    400,
    'invalid-request',
    'it has: base64, blob',
  ],
  [
    'two images in a form',
    '/analyze',
    () =>
      form([
        ['image', png],
        ['image', png],
      ]),
    400,
    'invalid-request',
    'The form has 2 parts named image',
  ],
  [
    'a form without an image',
    '/analyze',
    () => form([['task', 'text']]),
    400,
    'invalid-request',
    'The form has no part named image; it has: task.',
  ],
  ['an unknown task', '/analyze?task=colour', () => bytes(png), 400, 'invalid-request', 'task "colour" is not one of'],
  ['no question for ask', '/analyze?task=ask', () => bytes(png), 400, 'invalid-request', 'task ask needs a question.'],
  [
    'a question for another task',
    '/analyze?task=text&question=Why',
    () => bytes(png),
    400,
    'invalid-request',
    'question is only for task ask',
  ],
  [
    'a model that the pool has not',
    '/analyze?model=gpt-4-vison',
    () => bytes(png),
    400,
    'invalid-request',
    'gpt-4@vision-preview',
  ],
  [
    'a model that no catalogue has',
    '/estimate',
    () => json({ images: [{ width: 9, height: 9 }], models: ['gtp-4o'] }),
    400,
    'invalid-request',
    'the nearest are gpt-4o',
  ],
  ['an unknown field', '/analyze', () => json({ image: { blob: 'a' }, colour: 1 }), 400, 'invalid-request', 'colour'],
  [
    'a wait that is too long',
    '/analyze',
    () => bytes(png, 'image/png', { prefer: 'wait=201' }),
    400,
    'invalid-request',
    'wait=201',
  ],
  [
    'a key that is too long',
    '/analyze',
    () => bytes(png, 'image/png', { 'idempotency-key': 'k'.repeat(256) }),
    400,
    'invalid-request',
    'has 256 characters',
  ],
  ['a page of no rows', '/analyses?limit=0', () => ({}), 400, 'invalid-request', 'limit is "0"'],
  ['usage from never', '/usage?from=yesterday', () => ({}), 400, 'invalid-request', 'from is "yesterday"'],
  [
    'usage of years',
    '/usage?from=2020-01-01&to=2026-01-01',
    () => ({}),
    400,
    'invalid-request',
    'the limit of one call is 400',
  ],
  ['a cancel of nothing', '/analyses/cancel', () => json({}), 400, 'invalid-request', 'either ids, or a prefix'],
  ['a blob that is not there', '/analyze', () => json({ image: { blob: 'no.png' } }), 404, 'not-found', 'no.png'],
  ['an id that is none', '/analyses/5', () => ({}), 404, 'not-found', 'There is no analysis 5.'],
  [
    'an over-long body without a length',
    '/analyze',
    () => ({ ...bytes(png), body: overLong(), duplex: 'half' }) as unknown as RequestInit,
    413,
    'too-large',
    'the limit is 99,614,720.',
  ],
  ['bytes that are no image', '/analyze', () => bytes(Buffer.from([1, 2, 3, 4, 5])), 415, 'not-an-image', ''],
  [
    'an SVG',
    '/analyze',
    () => bytes(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
    415,
    'unsupported-format',
    'SVG',
  ],
  ['a PDF without pages', '/analyze', () => bytes(Buffer.from('%PDF-1.7\n%abc\n')), 422, 'broken-image', 'PDF'],
  ['a broken image', '/analyze?task=describe', () => bytes(png.subarray(0, 60)), 422, 'broken-image', ''],
  [
    'a URL of http',
    '/analyze',
    () => fromUrl('http://example.com/a.png'),
    422,
    'unsafe-url',
    'only https:// is fetched',
  ],
  [
    'a private address',
    '/analyze',
    () => fromUrl('https://10.0.0.5/a.png'),
    422,
    'unsafe-url',
    '10.0.0.5 is a private address',
  ],
  [
    'a loopback address',
    '/analyze',
    () => fromUrl(`https://127.0.0.1:${insidePort}/`),
    422,
    'unsafe-url',
    '127.0.0.1 is a loopback address',
  ],
  [
    'a loopback address as a number',
    '/analyze',
    () => fromUrl('https://2130706433/'),
    422,
    'unsafe-url',
    '127.0.0.1 is a loopback address',
  ],
  [
    'a link-local address',
    '/analyze',
    () => fromUrl('https://169.254.1.1/'),
    422,
    'unsafe-url',
    '169.254.1.1 is a link-local address',
  ],
  [
    'an IPv4-mapped address',
    '/analyze',
    () => fromUrl('https://[::ffff:10.0.0.5]/'),
    422,
    'unsafe-url',
    'an IPv4 address in IPv6 form',
  ],
  [
    'the metadata address',
    '/analyze',
    () => fromUrl('https://169.254.169.254/metadata/identity'),
    422,
    'unsafe-url',
    '169.254.169.254',
  ],
  [
    'the metadata address of IPv6',
    '/analyze',
    () => fromUrl('https://[fd00:ec2::254]/'),
    422,
    'unsafe-url',
    'fd00:ec2::254 is a private address',
  ],
  [
    "the platform's own address",
    '/analyze',
    () => fromUrl('https://168.63.129.16/'),
    422,
    'unsafe-url',
    'an address of the platform',
  ],
  [
    'a name that resolves to one',
    '/analyze',
    () => fromUrl('https://localhost/'),
    422,
    'unsafe-url',
    'The name localhost stands for a loopback address',
  ],
  [
    'a name that does not resolve',
    '/analyze',
    () => fromUrl('https://nobody.invalid/a.png'),
    502,
    'image-unreachable',
    'The host name nobody.invalid cannot be resolved',
  ],
  [
    'a port of no web server',
    '/analyze',
    () => fromUrl('https://example.com:8443/a.png'),
    422,
    'unsafe-url',
    'The URL names port 8443; images are fetched from port 443 only (setting IMAGE_URL_PORTS).',
  ],
  [
    'percent signs that encode nothing',
    '/analyze?task=ask&question=100%',
    () => bytes(png),
    400,
    'invalid-request',
    'question in the query is not percent-encoded UTF-8',
  ],
];

describe('the HTTP interface', () => {
  it.each(CASES)('says what is wrong with %s: %s', async (_, path, init, status, code, sentence) => {
    const answer = await cloud.call(`/api${path}`, init());
    const problem = (await answer.json()) as { detail: string };
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(problem).toMatchObject({ status, code });
    expect(problem.detail).toContain(sentence);
    expect(problem.detail).toMatch(/\.$/);
  });

  it('says by how much an announced length is too large, and what to do with the image', async () => {
    const answer = await new Promise<IncomingMessage>((settle, fail) => {
      const headers = { 'content-type': 'image/png', 'content-length': 98 * 1024 * 1024 };
      const sending = request(`${cloud.host.url}/api/analyze`, { method: 'POST', headers }, settle);
      sending.on('error', fail);
      Readable.from(overLong()).pipe(sending);
    });
    expect(answer.statusCode).toBe(413);
    expect(JSON.parse((await answer.toArray()).join(''))).toMatchObject({
      detail:
        'The body has at least 102,760,448 bytes; the limit is 99,614,720. ' +
        'Upload a larger image to the images container, and name it in `image.blob`.',
    });
  });

  it('says why a text that is named as a picture is none', async () => {
    const answer = await cloud.call('/api/analyze', bytes(await readFile(join(SAMPLES, 'notes.png'))));
    expect(await answer.json()).toMatchObject({ status: 415, code: 'not-an-image' });
  });

  it('has stored nothing of all this, and made no model call', async () => {
    expect(await (await cloud.call('/api/analyses')).json()).toEqual({ analyses: [] });
    expect(cloud.regions?.charges()).toEqual([]);
    expect(insideAsked).toBe(0);
    const kept: string[] = [];
    for await (const blob of cloud.container('inbox').listBlobsFlat()) kept.push(blob.name);
    expect(kept.filter((name) => !name.startsWith('keys/'))).toEqual([]);
  });

  it('writes neither images, questions, keys nor tokens into the log', async () => {
    const path = `/api/analyze?task=ask&question=${encodeURIComponent(QUESTION)}`;
    const key = 'a-key-of-the-caller';
    const answer = await cloud.call(path, bytes(png, 'image/png', { 'idempotency-key': key }));
    expect(answer.status).toBe(200);
    const log = cloud.lines.join('\n');
    expect(log).toContain('analysis.completed');
    for (const own of [
      QUESTION,
      encodeURIComponent(QUESTION),
      key,
      png.toString('base64').slice(0, 40),
      'eyJ',
      'Bearer',
      cloud.identity.header,
    ]) {
      expect(log).not.toContain(own);
    }
  });
});
