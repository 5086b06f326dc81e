import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStorage } from '../../local/storage/startStorage.ts';
import { openStorage, STORAGE_API_VERSION, type StorageClients } from '../../shared/storage/openStorage.ts';

/** A storage service that knows the versions up to this one, as Azure on 2026-03-19 (Learn, Versioning for Azure Storage). */
const NEWEST_KNOWN = '2026-02-06';

const asked: { readonly version: string; readonly url: string }[] = [];
function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const version = String(incoming.headers['x-ms-version']);
  asked.push({ version, url: incoming.url ?? '' });
  incoming.resume();
  if (version <= NEWEST_KNOWN) {
    outgoing.writeHead(404, { 'x-ms-error-code': 'ResourceNotFound' }).end();
    return;
  }
  // In the service's own words (Azure/azure-sdk-for-net 45302).
  outgoing.writeHead(400, { 'content-type': 'application/xml', 'x-ms-error-code': 'InvalidHeaderValue' });
  outgoing.end(
    '<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidHeaderValue</Code><Message>The value for one of the HTTP ' +
      `headers is not in the correct format.</Message><HeaderName>x-ms-version</HeaderName><HeaderValue>${version}` +
      '</HeaderValue></Error>',
  );
}

const server = createServer(serve);
let address: string;
beforeAll(async () => {
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => void asked.splice(0));

/** Not asked: the account's key signs. */
const credential = { getToken: async () => null };

function open(): Promise<StorageClients> {
  const services = ['Blob', 'Queue', 'Table'].map((service) => `${service}Endpoint=http://${address}/one`).join(';');
  const account = 'DefaultEndpointsProtocol=http;AccountName=one;AccountKey=c2VjcmV0';
  return openStorage({ kind: 'connectionString', connectionString: `${account};${services}` }, credential);
}

/** A call of each kind that the application makes, of clients made from clients too. */
async function callAll({ blobs, queue }: StorageClients): Promise<void> {
  const container = blobs.getContainerClient('images');
  const blob = container.getBlockBlobClient('a.png');
  const calls = [
    () => blob.getProperties(),
    () => blob.download(),
    () => blob.downloadToBuffer(0, 10),
    () => blob.upload('x', 1),
    () => blob.deleteIfExists(),
    () => container.listBlobsFlat().next(),
    () => blobs.listContainers().next(),
    () => queue('analyses-due').sendMessage('e30='),
    () => queue('analyses-due').getProperties(),
    () => queue('analyses-due').deleteMessage('id', 'receipt'),
  ];
  for (const call of calls) await call().catch(() => undefined);
}

describe('openStorage', () => {
  it('names one API version in every request of blobs and queues, which a service of that time knows', async () => {
    await callAll(await open());
    expect(asked.length).toBeGreaterThanOrEqual(10);
    expect(new Set(asked.map(({ version }) => version))).toEqual(new Set([STORAGE_API_VERSION]));
    const { blobs } = await open();
    await expect(blobs.getContainerClient('images').getProperties()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('names an older one in requests of tables, as their client does by itself', async () => {
    const { table } = await open();
    await expect(table('pool').getEntity('a', 'b')).rejects.toMatchObject({ statusCode: 404 });
    expect(asked.map(({ version }) => version)).toEqual(['2019-02-02']);
  });

  it('signs what it sends: a storage that checks versions and keys takes it', async () => {
    const storage = await startStorage();
    try {
      const { connectionString } = storage;
      const { blobs, queue, table } = await openStorage({ kind: 'connectionString', connectionString }, credential);
      const container = blobs.getContainerClient('images');
      await container.create();
      await container.getBlockBlobClient('a.txt').upload('hello', 5);
      expect((await container.getBlobClient('a.txt').downloadToBuffer()).toString()).toBe('hello');
      await queue('work').create();
      await queue('work').sendMessage('e30=');
      expect((await queue('work').getProperties()).approximateMessagesCount).toBe(1);
      await table('things').createTable();
    } finally {
      await storage.stop();
    }
  });
});
