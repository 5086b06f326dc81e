import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverToWebhook } from '../../../local/storage/deliverEvents.ts';
import { type StartedStorage, startStorage } from '../../../local/storage/startStorage.ts';
import { type StorageFront, startStorageFront } from '../../../local/storage/startStorageFront.ts';
import { takeAzurite } from '../../support/takeAzurite.ts';
import { deployFixture, eventually, type FixtureHost, startFixture, startFixtureForTest } from './fixtureHost.ts';

let app: Awaited<ReturnType<typeof deployFixture>>;
let storage: StartedStorage;
let host: FixtureHost;
let eventsOf: Record<'references' | 'bytes', StorageFront>;
let references: ContainerClient;
let poison: QueueClient;
let settings: Record<string, string>;

const EVENT_HEADERS = { 'aeg-event-type': 'Notification' };

beforeAll(async () => {
  [app, storage] = await Promise.all([deployFixture(), startStorage({ azurite: await takeAzurite() })]);
  settings = {
    FIXTURE_STORAGE: storage.connectionString,
    AzureWebJobsStorage: storage.connectionString,
    AzureFunctionsWebHost__hostid: 'fixture',
    FIXTURE_ROUTE: 'set/here',
    FIXTURE_QUEUE: 'work',
    FIXTURE_SCHEDULE: '0 0 0 1 1 *',
  };
  host = await startFixture({ folder: app.folder, settings });
  const subscribe = async (functionName: string, container: string): Promise<StorageFront> =>
    startStorageFront({
      azurite: storage.azurite,
      events: {
        subjectBeginsWith: `/blobServices/default/containers/${container}/`,
        deliver: await deliverToWebhook(
          `${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.${functionName}`,
          () => undefined,
        ),
      },
    });
  eventsOf = {
    references: await subscribe('onReference', 'references'),
    bytes: await subscribe('onBytes', 'bytes'),
  };
  references = BlobServiceClient.fromConnectionString(eventsOf.references.connectionString).getContainerClient(
    'references',
  );
  await references.create();
  await BlobServiceClient.fromConnectionString(storage.connectionString).createContainer('bytes');
  poison = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(
    'webjobs-blobtrigger-poison',
  );
  await poison.create();
});

afterAll(async () => {
  await host.kill();
  await Promise.all(Object.values(eventsOf).map((events) => events.stop()));
  await storage.stop();
  await app.remove();
});

const upload = async (name: string, metadata: Record<string, string> = {}): Promise<string | undefined> => {
  const blobHTTPHeaders = { blobContentType: 'image/png' };
  return (await references.getBlockBlobClient(name).upload('pixels', 6, { metadata, blobHTTPHeaders })).etag;
};
const seenOf = (name: string, where: FixtureHost = host) =>
  where.seen('onReference').filter((one) => one.metadata.name === name);
const postEvent = (blobName: string, functionName = 'onReference') =>
  fetch(`${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.${functionName}`, {
    method: 'POST',
    headers: EVENT_HEADERS,
    body: JSON.stringify([
      { data: { url: references.getBlobClient(blobName).url, eTag: '0x1', blobType: 'BlockBlob' } },
    ]),
  });

describe('a blob function', () => {
  it('with sdkBinding gets a reference: the name of the connection, the container, the blob', async () => {
    await upload('folder a/é #1.png');
    await eventually(() => expect(seenOf('folder a/é #1.png')).toHaveLength(1));
    expect(seenOf('folder a/é #1.png')[0]?.input).toEqual({
      source: 'AzureStorageBlobs',
      version: '1.0',
      contentType: 'application/json',
      content: { Connection: 'FIXTURE_STORAGE', ContainerName: 'references', BlobName: 'folder a/é #1.png' },
    });
  });

  it('gets place, address, properties, metadata and the tokens of its path as trigger metadata', async () => {
    const etag = await upload('sub/facts.png', { task: 'describe' });
    await eventually(() => expect(seenOf('sub/facts.png')).toHaveLength(1));
    expect(seenOf('sub/facts.png')[0]?.metadata).toMatchObject({
      blobTrigger: 'references/sub/facts.png',
      name: 'sub/facts.png',
      uri: `http://127.0.0.1:${storage.blobPort}/devstoreaccount1/references/sub/facts.png`,
      properties: { eTag: etag, contentType: 'image/png', contentLength: 6, blobType: 'Block' },
      metadata: { task: 'describe' },
    });
  });

  it('without sdkBinding gets the bytes, also of text', async () => {
    const container = BlobServiceClient.fromConnectionString(eventsOf.bytes.connectionString).getContainerClient(
      'bytes',
    );
    await container.getBlockBlobClient('in/deep/a.b.txt').upload('{"a":1}', 7);
    await eventually(() => expect(host.seen('onBytes')).toHaveLength(1));
    expect(host.seen('onBytes')[0]).toMatchObject({
      input: '{"a":1}',
      metadata: { folder: 'in/deep', name: 'a.b', extension: 'txt' },
    });
  });

  it('runs again for each event of the same version: there are no receipts', async () => {
    await upload('twice.png');
    await postEvent('twice.png');
    await eventually(() => expect(seenOf('twice.png')).toHaveLength(2));
  });

  it('is run for a blob that has changed since the event, with what is there now: the ETag is not compared', async () => {
    await upload('changed.png');
    const second = await upload('changed.png');
    await postEvent('changed.png');
    await eventually(() => expect(seenOf('changed.png')).toHaveLength(3));
    expect(seenOf('changed.png').at(-1)?.metadata.properties).toMatchObject({ eTag: second });
  });

  it('that fails is tried five times, then the message lies in webjobs-blobtrigger-poison as JSON', async () => {
    await upload('bad.png');
    await eventually(async () => {
      const { receivedMessageItems } = await poison.receiveMessages();
      expect(JSON.parse(Buffer.from(receivedMessageItems[0]?.messageText ?? '', 'base64').toString() || '{}')).toEqual({
        FunctionId: 'Host.Functions.onReference',
        BlobType: 'Block',
        ContainerName: 'references',
        BlobName: 'bad.png',
        ETag: expect.stringMatching(/^"0x.+"$/),
      });
    });
    expect(seenOf('bad.png')).toHaveLength(5);
  });

  it('is not run for a blob that is gone, nor is an unknown function; the messages just end', async () => {
    expect((await postEvent('never-there.png')).status).toBe(202);
    expect((await postEvent('never-there.png', 'unknown')).status).toBe(202);
    await upload('after-gone.png');
    await eventually(() => expect(seenOf('after-gone.png')).toHaveLength(1));
    expect(seenOf('never-there.png')).toEqual([]);
  });

  it('runs at most blobs.maxDegreeOfParallelism times at once, here 3', async () => {
    const names = Array.from({ length: 9 }, (_unused, index) => `held-${index}.png`);
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(
      'azure-webjobs-blobtrigger-parallel',
    );
    await queue.create();
    const direct = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('references');
    for (const BlobName of names) {
      await direct.getBlockBlobClient(BlobName).upload('x', 1);
      const message = { FunctionId: 'Host.Functions.onReference', ContainerName: 'references', BlobName };
      await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
    }
    const busy = await startFixtureForTest({
      folder: app.folder,
      settings: { ...settings, AzureFunctionsWebHost__hostid: 'parallel' },
    });
    // It fetches two, and two more once one of them has ended: as the host shares out a parallelism of three.
    await eventually(() => expect(busy.seen('onReference')).toHaveLength(2));
    await busy.release(
      ...busy
        .seen('onReference')
        .slice(0, 1)
        .map((one) => String(one.metadata.name)),
    );
    await eventually(() => expect(busy.seen('onReference')).toHaveLength(4));
    await busy.release(...names);
    await eventually(() => expect(busy.seen('onReference')).toHaveLength(9));
    expect(busy.runningAtOnce().slice(0, 4)).toEqual([1, 2, 2, 3]);
    expect(Math.max(...busy.runningAtOnce())).toBe(3);
  });

  it('can be run by hand for a blob, but not for one that is gone', async () => {
    const run = (input: string) =>
      fetch(`${host.url}/admin/functions/onReference`, { method: 'POST', body: JSON.stringify({ input }) });
    await upload('by-hand.png');
    await eventually(() => expect(seenOf('by-hand.png')).toHaveLength(1));
    expect((await run('references/by-hand.png')).status).toBe(202);
    await eventually(() => expect(seenOf('by-hand.png')).toHaveLength(2));
    expect((await run('references/not-there.png')).status).toBe(400);
  });
});

describe('the webhook of the blob extension', () => {
  it.each([
    ['no JSON', EVENT_HEADERS, '{'],
    ['an event without a blob', EVENT_HEADERS, '[{"data":{}}]'],
    ['no aeg-event-type', {}, '[]'],
  ])('refuses %s with 400', async (_what, headers, body) => {
    const url = `${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.onReference`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(400);
  });
});

describe('several instances of one app', () => {
  it('share the work: a blob of one event is taken by one of them, and what a killed one held is taken up', async () => {
    const second = await startFixtureForTest({ folder: app.folder, settings, leaseSeconds: 1 });
    const internal = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(
      'azure-webjobs-blobtrigger-fixture',
    );
    const url = `${second.url}/runtime/webhooks/blobs?functionName=Host.Functions.onReference`;
    const direct = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('references');
    // Which of the two takes an event is chance: the second is killed when it holds one.
    let held: string | undefined;
    for (let tries = 0; held === undefined; tries += 1) {
      const name = `held-by-one-of-two-${tries}.png`;
      const blob = direct.getBlockBlobClient(name);
      await blob.upload('x', 1);
      const body = JSON.stringify([{ data: { url: blob.url, eTag: '0x1', blobType: 'BlockBlob' } }]);
      await fetch(url, { method: 'POST', headers: EVENT_HEADERS, body });
      await eventually(() => expect([...seenOf(name), ...seenOf(name, second)]).toHaveLength(1));
      if (seenOf(name, second).length === 1) held = name;
      else await host.release(name);
    }
    await second.kill();
    await eventually(async () => {
      // The first polls a minute after it last found something, unless an event of its own wakes it.
      await postEvent('never-there.png');
      expect(seenOf(held)).toHaveLength(1);
    });
    await host.release(held);
    await eventually(async () => expect((await internal.getProperties()).approximateMessagesCount).toBe(0));
  });
});
