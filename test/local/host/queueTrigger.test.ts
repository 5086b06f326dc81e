import { BlobServiceClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedStorage, startStorage } from '../../../local/storage/startStorage.ts';
import { takeAzurite } from '../../support/takeAzurite.ts';
import { deployFixture, eventually, type FixtureHost, startFixture, startFixtureForTest } from './fixtureHost.ts';

let app: Awaited<ReturnType<typeof deployFixture>>;
let storage: StartedStorage;
let settings: Record<string, string>;
let host: FixtureHost;
let work: QueueClient;
let poison: QueueClient;

beforeAll(async () => {
  [app, storage] = await Promise.all([deployFixture(), startStorage({ azurite: await takeAzurite() })]);
  settings = {
    FIXTURE_STORAGE: storage.connectionString,
    AzureWebJobsStorage: storage.connectionString,
    AzureFunctionsWebHost__hostid: 'fixture',
    FIXTURE_ROUTE: 'set/here',
    FIXTURE_QUEUE: 'work',
    FIXTURE_SCHEDULE: '0 0 0 1 1 *',
    'AzureWebJobs.onReference.Disabled': 'true',
    'AzureWebJobs.onBytes.Disabled': 'true',
  };
  host = await startFixture({ folder: app.folder, settings });
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  work = queues.getQueueClient('work');
  poison = queues.getQueueClient('work-poison');
});

afterAll(async () => {
  await host.kill();
  await storage.stop();
  await app.remove();
});

const send = async (text: string): Promise<string> =>
  (await work.sendMessage(Buffer.from(text).toString('base64'))).messageId;
const inputs = (where: FixtureHost = host): unknown[] => where.seen('onMessage').map((one) => one.input);
const isThere = (name: string): Promise<boolean> =>
  QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(name).exists();
const takePoison = async (): Promise<string | undefined> => {
  const { receivedMessageItems } = await poison.receiveMessages().catch(() => ({ receivedMessageItems: [] }));
  const [message] = receivedMessageItems;
  if (message) await poison.deleteMessage(message.messageId, message.popReceipt);
  return message?.messageText;
};

describe('a queue function', () => {
  it('waits for a queue that does not exist yet', async () => {
    await work.create();
    await send('first');
    await eventually(() => expect(inputs()).toContain('first'));
  });

  it('gets the text, or the object when the text is JSON, and the message as trigger metadata', async () => {
    const id = await send('{"analysisId":"a1"}');
    await eventually(() => expect(inputs()).toContainEqual({ analysisId: 'a1' }));
    expect(host.seen('onMessage').at(-1)?.metadata).toEqual({
      queueTrigger: { analysisId: 'a1' },
      id,
      dequeueCount: 1,
      popReceipt: expect.any(String),
      insertionTime: expect.stringMatching(/^20.*Z$/),
      expirationTime: expect.stringMatching(/^20.*Z$/),
      nextVisibleTime: expect.stringMatching(/^20.*Z$/),
      analysisId: 'a1',
    });
  });

  it('sees the fields of a JSON message in place of the metadata of the same name, in any case', async () => {
    await send('{"id":"mine","DEQUEUECOUNT":99}');
    await eventually(() => expect(inputs()).toContainEqual({ id: 'mine', DEQUEUECOUNT: 99 }));
    expect(host.seen('onMessage').at(-1)?.metadata).toMatchObject({ id: 'mine', dequeueCount: 99 });
  });

  it('that fails gets the message again with a higher dequeue count, until maxDequeueCount; then it is in <queue>-poison', async () => {
    await send('bad message');
    await eventually(async () => {
      expect(Buffer.from((await takePoison()) ?? '', 'base64').toString()).toBe('bad message');
    });
    const tries = host.seen('onMessage').filter((one) => one.input === 'bad message');
    expect(tries.map((one) => one.metadata.dequeueCount)).toEqual([1, 2, 3]);
  });

  it('that fails does not get the message again before queues.visibilityTimeout has passed', async () => {
    const hiding = { ...settings, FIXTURE_QUEUE: 'hidden' };
    const visibilityTimeout = { AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:10:00' };
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('hidden');
    await queue.create();
    const patient = await startFixtureForTest({ folder: app.folder, settings: { ...hiding, ...visibilityTimeout } });
    for (const text of ['bad first', 'second']) {
      await queue.sendMessage(Buffer.from(text).toString('base64'));
      await eventually(() => expect(inputs(patient)).toContain(text));
    }
    await eventually(() => expect(patient.lines.join('\n')).toContain('Message failed (1 of 3)'));
    await eventually(async () => expect((await queue.getProperties()).approximateMessagesCount).toBe(1));
    expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
    expect(inputs(patient)).toEqual(['bad first', 'second']);
  });

  it('never sees a message that is not base64; it goes to the poison queue as it is', async () => {
    await work.sendMessage('plain text!');
    await eventually(async () => expect(await takePoison()).toBe('plain text!'));
    expect(inputs()).not.toContain('plain text!');
    expect(host.lines.join('\n')).not.toContain('Message failed (2 of 3): The message is not base64');
  });

  it('sees any text with messageEncoding "none": as it is, or the object when it is JSON', async () => {
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('raw');
    await queue.create();
    const texts = ['plain text!', '{"a":1}', Buffer.from('{"a":1}').toString('base64')];
    for (const text of texts) await queue.sendMessage(text);
    const none = { AzureFunctionsJobHost__extensions__queues__messageEncoding: 'none' };
    const open = await startFixtureForTest({
      folder: app.folder,
      settings: { ...settings, ...none, FIXTURE_QUEUE: 'raw' },
    });
    await eventually(() => expect(inputs(open)).toHaveLength(3));
    expect(inputs(open)).toEqual(expect.arrayContaining(['plain text!', { a: 1 }, texts[2]]));
  });

  it('of a poison queue never sees a text that is not base64: it stays there, hidden for the lease', async () => {
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('left-poison');
    await queue.create();
    await queue.sendMessage('plain text!');
    await queue.sendMessage(Buffer.from('read').toString('base64'));
    const reading = await startFixtureForTest({
      folder: app.folder,
      settings: { ...settings, FIXTURE_QUEUE: 'left-poison' },
    });
    await eventually(() => expect(inputs(reading)).toEqual(['read']));
    await eventually(async () => expect((await queue.getProperties()).approximateMessagesCount).toBe(1));
    expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
    expect(await queue.getProperties().then(() => isThere('left-poison-poison'))).toBe(false);
  });

  it('of a poison queue is not called again for a message that it failed maxDequeueCount times; there is no next queue', async () => {
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('tried-poison');
    await queue.create();
    await queue.sendMessage(Buffer.from('bad message').toString('base64'));
    const failing = await startFixtureForTest({
      folder: app.folder,
      settings: { ...settings, FIXTURE_QUEUE: 'tried-poison' },
      // What fails in a poison queue stays hidden for the lease; the least that the service takes.
      leaseSeconds: 1,
    });
    await eventually(() => expect(inputs(failing)).toHaveLength(3));
    // Delivered once more, to no function.
    await eventually(async () => {
      const { peekedMessageItems } = await queue.peekMessages();
      expect(peekedMessageItems[0]?.dequeueCount).toBeGreaterThan(3);
    });
    expect(inputs(failing)).toHaveLength(3);
    expect(await isThere('tried-poison-poison')).toBe(false);
  });

  it('runs batchSize + newBatchThreshold messages at most at once, here 2', async () => {
    const names = Array.from({ length: 6 }, (_unused, index) => `held ${index}`);
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('parallel');
    await queue.create();
    for (const name of names) await queue.sendMessage(Buffer.from(name).toString('base64'));
    const busy = await startFixtureForTest({
      folder: app.folder,
      settings: { ...settings, FIXTURE_QUEUE: 'parallel' },
    });
    await eventually(() => expect(inputs(busy)).toHaveLength(2));
    await busy.release(...names);
    await eventually(() => expect(inputs(busy)).toHaveLength(6));
    expect(Math.max(...busy.runningAtOnce())).toBe(2);
  });

  it('shares the messages with other instances: each message is run once', async () => {
    const second = await startFixtureForTest({ folder: app.folder, settings });
    const names = Array.from({ length: 8 }, (_unused, index) => `held for two ${index}`);
    for (const name of names) await send(name);
    const taken = (by: FixtureHost): unknown[] => inputs(by).filter((input) => names.includes(String(input)));
    // None of them ends before both have some.
    await eventually(() => expect(Math.min(taken(host).length, taken(second).length)).toBeGreaterThan(0));
    await Promise.all([host.release(...names), second.release(...names)]);
    await eventually(() => expect([...taken(host), ...taken(second)].sort()).toEqual(names));
  });

  it('finishes a message, and deletes it, when its host is asked to end meanwhile', async () => {
    const only = { ...settings, FIXTURE_QUEUE: 'drained' };
    const ending = await startFixtureForTest({ folder: app.folder, settings: only });
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('drained');
    await queue.create();
    await queue.sendMessage(Buffer.from('slow to end').toString('base64'));
    await eventually(() => expect(inputs(ending)).toEqual(['slow to end']));
    await ending.stop();
    expect(ending.lines.join('\n')).toContain("Executed 'Functions.onMessage' (Succeeded)");
    await eventually(async () => expect((await queue.getProperties()).approximateMessagesCount).toBe(0));
  });

  it('can be run by hand with the text of a message', async () => {
    const body = JSON.stringify({ input: 'by hand' });
    const answer = await fetch(`${host.url}/admin/functions/onMessage`, { method: 'POST', body });
    expect(answer.status).toBe(202);
    await eventually(() => expect(inputs()).toContain('by hand'));
  });
});

describe('a timer function', () => {
  const runs = (where: FixtureHost): number => where.lines.filter((line) => line.startsWith('timer ')).length;

  it('with runOnStartup runs at the start, and gets its schedule', async () => {
    await eventually(() => expect(runs(host)).toBe(1));
    const line = host.lines.find((one) => one.startsWith('timer ')) ?? '';
    expect(JSON.parse(line.slice(6))).toMatchObject({
      isPastDue: false,
      scheduleStatus: { next: expect.stringMatching(/-01-01T00:00:00.000Z$/) },
    });
  });

  it('runs when its schedule says, on one instance only, and on another once that has ended', async () => {
    const everySecond = { ...settings, FIXTURE_SCHEDULE: '* * * * * *', AzureFunctionsWebHost__hostid: 'timers' };
    const first = await startFixtureForTest({ folder: app.folder, settings: everySecond });
    await eventually(() => expect(runs(first)).toBeGreaterThan(1));
    const second = await startFixtureForTest({ folder: app.folder, settings: everySecond });
    const before = runs(first);
    await eventually(() => expect(runs(first)).toBeGreaterThan(before + 1));
    expect(runs(second)).toBe(0);
    await first.stop();
    await eventually(() => expect(runs(second)).toBeGreaterThan(0));
  });

  it('can be run by hand', async () => {
    const before = runs(host);
    expect((await fetch(`${host.url}/admin/functions/everySecond`, { method: 'POST' })).status).toBe(202);
    await eventually(() => expect(runs(host)).toBe(before + 1));
  });

  it('keeps its lock in the storage of the host', async () => {
    const container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(
      'azure-webjobs-hosts',
    );
    const lock = container.getBlobClient('locks/fixture/Host.Functions.everySecond.Listener');
    expect((await lock.getProperties()).leaseState).toBe('leased');
  });
});
