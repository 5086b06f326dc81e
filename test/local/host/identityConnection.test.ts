import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobEvent } from '../../../local/storage/blobEvent.ts';
import { makeSelfSignedCertificate } from '../../../local/storage/selfSignedCertificate.ts';
import { type StartedStorage, startStorage } from '../../../local/storage/startStorage.ts';
import { startStorageFront } from '../../../local/storage/startStorageFront.ts';
import { deployFixture, eventually, startFixtureForTest } from './fixtureHost.ts';

let app: Awaited<ReturnType<typeof deployFixture>>;
let folder: string;
let storage: StartedStorage;
let identity: Server;
const asked: (string | null)[] = [];
const { certificate, key } = makeSelfSignedCertificate(Date.now());

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'));
  const https = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(https.certificateFile, certificate);
  await writeFile(https.keyFile, key);
  [app, storage] = await Promise.all([deployFixture(), startStorage({ azurite: { https } })]);
  identity = createServer((call, answer) => {
    asked.push(new URL(call.url ?? '', 'http://localhost').searchParams.get('client_id'));
    answer.end(JSON.stringify({ access_token: storageToken(), expires_on: soonSeconds(), token_type: 'Bearer' }));
  });
  await new Promise<void>((settle) => identity.listen(0, '127.0.0.1', settle));
});

afterAll(async () => {
  identity.close();
  await storage.stop();
  await Promise.all([app.remove(), rm(folder, { recursive: true })]);
});

const soonSeconds = (): number => Math.floor(Date.now() / 1000) + 3600;

/** Azurite reads audience, issuer and lifetime of a token, not its signature (Azurite, README, "OAuth": basic). */
function storageToken(): string {
  const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  const nowSeconds = Math.floor(Date.now() / 1000) - 10;
  const lifetime = { iat: nowSeconds, nbf: nowSeconds, exp: soonSeconds() };
  const claims = { aud: 'https://storage.azure.com', iss: 'https://sts.windows.net/local/', ...lifetime };
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2ln`;
}

describe('an identity-based connection', () => {
  it('serves triggers without a key: service URIs, a managed identity, its client id', async () => {
    const of = (port: number): string => `https://127.0.0.1:${port}/devstoreaccount1`;
    const connection = (name: string): Record<string, string> => ({
      [`${name}__blobServiceUri`]: of(storage.blobPort),
      [`${name}__queueServiceUri`]: of(storage.queuePort),
      [`${name}__credential`]: 'managedidentity',
      [`${name}__clientId`]: 'the-client-id',
    });
    const { port } = identity.address() as { port: number };
    const host = await startFixtureForTest({
      folder: app.folder,
      settings: {
        ...{ ...connection('FIXTURE_STORAGE'), ...connection('AzureWebJobsStorage') },
        ...{ IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`, IDENTITY_HEADER: 'secret' },
        NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem'),
        ...{ FIXTURE_ROUTE: 'set/here', FIXTURE_QUEUE: 'work', FIXTURE_SCHEDULE: '0 0 0 1 1 *' },
      },
    });
    const run = (name: string, input: string): Promise<Response> =>
      fetch(`${host.url}/admin/functions/${name}`, { method: 'POST', body: JSON.stringify({ input }) });

    const byKey = byAccountKey(storage.connectionString);
    await byKey.blobs.createContainer('bytes');
    await byKey.blobs.getContainerClient('bytes').getBlockBlobClient('a/b.txt').upload('hello', 5);
    await byKey.queues.createQueue('work');
    await byKey.queues.getQueueClient('work').sendMessage(Buffer.from('a message').toString('base64'));

    expect((await run('onBytes', 'bytes/a/b.txt')).status).toBe(202);
    await eventually(() => expect(host.seen('onBytes').map((one) => one.input)).toEqual(['hello']));
    await eventually(() => expect(host.seen('onMessage').map((one) => one.input)).toEqual(['a message']));
    expect(new Set(asked)).toEqual(new Set(['the-client-id']));
  });
});

describe('blob events over HTTPS', () => {
  it('are raised by uploads to the proxy', async () => {
    const https = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
    const raised: BlobEvent[] = [];
    const deliver = async (event: BlobEvent): Promise<void> => void raised.push(event);
    const events = await startStorageFront({
      azurite: storage.azurite,
      https,
      events: { subjectBeginsWith: '/', deliver },
    });
    const { blobs } = byAccountKey(events.connectionString);
    await blobs.createContainer('secured');
    await blobs.getContainerClient('secured').getBlockBlobClient('a.png').upload('x', 1);
    await eventually(() => expect(raised).toHaveLength(1));
    expect(raised[0]).toMatchObject({
      subject: '/blobServices/default/containers/secured/blobs/a.png',
      data: { contentLength: 1, url: `https://127.0.0.1:${events.blobPort}/devstoreaccount1/secured/a.png` },
    });
    await events.stop();
  });
});

describe('makeSelfSignedCertificate', () => {
  it('makes a certificate for this machine that signs itself', () => {
    const made = new X509Certificate(certificate);
    expect(made.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(made.checkHost('localhost')).toBe('localhost');
    expect(made.checkIssued(made)).toBe(true);
    expect(made.verify(made.publicKey)).toBe(true);
  });
});

/** The test's own clients, with the account's key. */
function byAccountKey(connectionString: string): { blobs: BlobServiceClient; queues: QueueServiceClient } {
  // The types of the storage clients leave out what their pipeline takes; one option that they know makes them look.
  const trusting = { retryOptions: {}, tlsOptions: { ca: certificate } };
  return {
    blobs: BlobServiceClient.fromConnectionString(connectionString, trusting),
    queues: QueueServiceClient.fromConnectionString(connectionString, trusting),
  };
}
