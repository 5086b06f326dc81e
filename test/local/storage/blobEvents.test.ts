import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobEvent } from '../../../local/storage/blobEvent.ts';
import { deliverToQueue, deliverToWebhook } from '../../../local/storage/deliverEvents.ts';
import type { Azurite } from '../../../local/storage/startAzurite.ts';
import { type StorageFront, startStorageFront } from '../../../local/storage/startStorageFront.ts';
import { takeAzurite } from '../../support/takeAzurite.ts';

let azurite: Azurite;
let events: StorageFront;
let images: ContainerClient;
let delivered: BlobEvent[] = [];
let refusals = 0;

const FILTER = { subjectBeginsWith: '/blobServices/default/containers/images/' };

beforeAll(async () => {
  azurite = await takeAzurite();
  events = await startStorageFront({
    azurite,
    events: {
      ...FILTER,
      retryDelaysMs: [5],
      deliver: async (event) => {
        if (refusals > 0) {
          refusals -= 1;
          throw new Error('not now');
        }
        delivered.push(event);
      },
    },
  });
  const storage = BlobServiceClient.fromConnectionString(events.connectionString);
  images = storage.getContainerClient('images');
  await images.create();
  await storage.createContainer('images2');
});

afterAll(async () => {
  await events.stop();
  await azurite.stop();
});

/** The events of what a test does, all of them delivered. */
const eventsOf = async (act: () => Promise<unknown>): Promise<BlobEvent[]> => {
  delivered = [];
  await act();
  await events.settled();
  return delivered;
};

describe('createBlobEvents', () => {
  it('raises BlobCreated for an upload, in the schema of Event Grid', async () => {
    let etag = '';
    const raised = await eventsOf(async () => {
      const blobHTTPHeaders = { blobContentType: 'image/png' };
      etag = (await images.getBlockBlobClient('a b/é #1.png').upload('pixels', 6, { blobHTTPHeaders })).etag ?? '';
    });
    expect(raised).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        topic: expect.stringMatching(/\/storageAccounts\/devstoreaccount1$/),
        subject: '/blobServices/default/containers/images/blobs/a b/é #1.png',
        eventType: 'Microsoft.Storage.BlobCreated',
        eventTime: expect.stringMatching(/^20.*Z$/),
        data: {
          api: 'PutBlob',
          requestId: expect.any(String),
          clientRequestId: expect.any(String),
          eTag: etag.replaceAll('"', ''),
          contentType: 'image/png',
          contentLength: 6,
          blobType: 'BlockBlob',
          url: `http://127.0.0.1:${events.blobPort}/devstoreaccount1/images/a%20b/%C3%A9%20%231.png`,
          sequencer: expect.stringMatching(/^[0-9A-F]{32}$/),
        },
        dataVersion: '',
        metadataVersion: '1',
      },
    ]);
  });

  it('raises one event for an upload in blocks, at its end', async () => {
    const bytes = randomBytes(3_000_000);
    const blob = images.getBlockBlobClient('large.bin');
    const raised = await eventsOf(() => blob.uploadData(bytes, { maxSingleShotSize: 1, blockSize: 1_000_000 }));
    expect(raised.map((event) => [event.data.api, event.data.contentLength])).toEqual([['PutBlockList', 3_000_000]]);
    expect((await blob.downloadToBuffer()).equals(bytes)).toBe(true);
  });

  it('raises an event for a copy', async () => {
    await images.getBlockBlobClient('source.png').upload('pixels', 6);
    await events.settled();
    const raised = await eventsOf(async () => {
      const copy = await images.getBlobClient('copy.png').beginCopyFromURL(images.getBlobClient('source.png').url);
      await copy.pollUntilDone();
    });
    expect(raised.map((event) => [event.data.api, event.subject])).toEqual([
      ['CopyBlob', `${FILTER.subjectBeginsWith}blobs/copy.png`],
    ]);
  });

  it.each([
    ['a change of metadata', (blob: string) => images.getBlobClient(blob).setMetadata({ a: 'b' })],
    ['a change of headers', (blob: string) => images.getBlobClient(blob).setHTTPHeaders({ blobContentType: 'a/b' })],
    ['tags', (blob: string) => images.getBlobClient(blob).setTags({ a: 'b' })],
    ['a single block', (blob: string) => images.getBlockBlobClient(blob).stageBlock('AAAA', 'x', 1)],
    ['a download', (blob: string) => images.getBlobClient(blob).downloadToBuffer()],
    ['a deletion', (blob: string) => images.getBlobClient(blob).delete()],
    [
      'a refused upload',
      (blob: string) =>
        images
          .getBlockBlobClient(blob)
          .upload('x', 1, { conditions: { ifMatch: '"0x0"' } })
          .catch(() => undefined),
    ],
    [
      'an upload to a container whose name only begins alike',
      () => images.getBlockBlobClient('../images2/a.png').upload('x', 1),
    ],
  ])('raises none for %s', async (what, act) => {
    const blob = `${what}.png`;
    await images.getBlockBlobClient(blob).upload('pixels', 6);
    await events.settled();
    expect(await eventsOf(() => act(blob))).toEqual([]);
  });

  it('gives later writes a later sequencer, in whichever order their events are delivered', async () => {
    const etags: string[] = [];
    const raised = await eventsOf(async () => {
      for (let index = 0; index < 3; index += 1) {
        etags.push((await images.getBlockBlobClient('again.png').upload('x', 1)).etag ?? '');
      }
    });
    const bySequencer = raised.toSorted((a, b) => (a.data.sequencer < b.data.sequencer ? -1 : 1));
    expect(bySequencer.map((event) => event.data.eTag)).toEqual(etags.map((etag) => etag.replaceAll('"', '')));
    expect(new Set(raised.map((event) => event.data.sequencer)).size).toBe(3);
  });

  it('delivers again what was not taken, until it is', async () => {
    refusals = 3;
    const raised = await eventsOf(() => images.getBlockBlobClient('retried.png').upload('x', 1));
    expect([refusals, raised.length]).toEqual([0, 1]);
  });

  it('survives a client that leaves during an upload, and a missing Azurite', async () => {
    const port = events.blobPort;
    await new Promise<void>((settle) => {
      const path = '/devstoreaccount1/images/half.png';
      const leaving = request({ port, path, method: 'PUT', headers: { 'content-length': 1_000_000 } });
      leaving.on('error', () => settle());
      leaving.write(Buffer.alloc(100_000), () => leaving.destroy(new Error('gone')));
    });
    expect(await eventsOf(() => images.getBlockBlobClient('after.png').upload('x', 1))).toHaveLength(1);

    const lost = await startStorageFront({ azurite: { ...azurite, blobPort: 1 } });
    await expect(fetch(`http://127.0.0.1:${lost.blobPort}/`)).rejects.toThrow('fetch failed');
    await lost.stop();
  });

  it('says which port is in use', async () => {
    const taken = { azurite, ports: { blob: events.blobPort } };
    await expect(startStorageFront(taken)).rejects.toThrow(
      `The blob storage cannot listen on port ${events.blobPort}: another program is using it.`,
    );
  });
});

describe('deliverToQueue', () => {
  it('writes each event as base64 text, as Event Grid does', async () => {
    const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient('image-events');
    await queue.create();
    const [event] = await eventsOf(() => images.getBlockBlobClient('queued.png').upload('x', 1));
    if (event === undefined) expect.unreachable();
    await deliverToQueue(queue)(event);
    const { peekedMessageItems } = await queue.peekMessages();
    const text = Buffer.from(peekedMessageItems[0]?.messageText ?? '', 'base64').toString();
    expect(JSON.parse(text)).toEqual(event);
  });
});

describe('deliverToWebhook', () => {
  const webhook = async (answerOf: (type: string, body: string) => [number, string]) => {
    const server = createServer(async (asked, answer) => {
      let body = '';
      for await (const part of asked) body += part;
      const [status, text] = answerOf(String(asked.headers['aeg-event-type']), body);
      answer.writeHead(status).end(text);
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}/hook`, close: () => server.close() };
  };
  const echo = (body: string): string =>
    JSON.stringify({
      validationResponse: (JSON.parse(body) as [{ data: { validationCode: string } }])[0].data.validationCode,
    });

  it('shakes hands first, and refuses a webhook that does not echo the code', async () => {
    const wrong = await webhook(() => [200, '{"validationResponse":"wrong"}']);
    await expect(deliverToWebhook(wrong.url, () => undefined)).rejects.toThrow(
      'The webhook /hook did not take the subscription: it answered 200.',
    );
    wrong.close();
  });

  it.each([
    [202, 'taken', undefined],
    [503, 'tried again', 'the webhook answered 503'],
    [429, 'tried again', 'the webhook answered 429'],
    [401, 'dropped', undefined],
    [413, 'dropped', undefined],
  ])('counts %i as %s', async (status, meaning, thrown) => {
    const target = await webhook((type, body) => (type === 'Notification' ? [status, ''] : [200, echo(body)]));
    const lines: string[] = [];
    const deliver = await deliverToWebhook(target.url, (line) => lines.push(line));
    const [event] = await eventsOf(() => images.getBlockBlobClient('hooked.png').upload('x', 1));
    if (event === undefined) expect.unreachable();
    const outcome = await deliver(event).catch((error: Error) => error.message);
    target.close();
    expect(outcome).toBe(thrown);
    expect(lines.length).toBe(meaning === 'dropped' ? 1 : 0);
  });
});
