import { describe, expect, it } from 'vitest';
import { endOf, useStrictStorage } from './strictStorage.ts';

const storage = useStrictStorage();
const SEVEN_DAYS_SECONDS = 604_800;

describe('a message of a queue', () => {
  it.each([
    // Microsoft Learn, "Put Message", read 2026-11-30: hidden for less than it lives; 7 days when nothing else is said.
    [
      'hidden for 7 days, with the default time to live',
      { visibilityTimeout: SEVEN_DAYS_SECONDS },
      '400 InvalidQueryParameterValue',
    ],
    ['hidden for a second less', { visibilityTimeout: SEVEN_DAYS_SECONDS - 1 }, 'done'],
    ['hidden for 7 days, living for ever', { visibilityTimeout: SEVEN_DAYS_SECONDS, messageTimeToLive: -1 }, 'done'],
    ['hidden as long as it lives', { visibilityTimeout: 60, messageTimeToLive: 60 }, '400 InvalidQueryParameterValue'],
    [
      'hidden for more than 7 days',
      { visibilityTimeout: 604_801, messageTimeToLive: -1 },
      '400 OutOfRangeQueryParameterValue',
    ],
    ['that lives for no time', { messageTimeToLive: 0 }, '400 InvalidQueryParameterValue'],
  ])('%s is answered as by the service', async (_what, options, outcome) => {
    expect(await endOf((await storage.newQueue()).sendMessage('a', options))).toBe(outcome);
  });

  it.each([
    // Microsoft Learn, "Put Message", read 2026-11-30: 64 KiB as it is sent.
    [65_536, 'done'],
    [65_537, '413 RequestBodyTooLarge'],
  ])('of %i bytes is answered as by the service', async (bytes, outcome) => {
    expect(await endOf((await storage.newQueue()).sendMessage('x'.repeat(bytes)))).toBe(outcome);
  });

  it('is given at most 32 at a time', async () => {
    const queue = await storage.newQueue();
    // Microsoft Learn, "Get Messages", read 2026-11-30.
    expect(await endOf(queue.receiveMessages({ numberOfMessages: 32 }))).toBe('done');
    expect(await endOf(queue.receiveMessages({ numberOfMessages: 33 }))).toBe('400 OutOfRangeQueryParameterValue');
  });

  it('may come before one that was sent earlier; each comes once', async () => {
    // Microsoft Learn, "Get Messages", read 2026-11-30: order is not promised.
    const queue = await storage.newQueue();
    const orders: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      for (const text of ['1', '2', '3']) await queue.sendMessage(text);
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
      orders.push(receivedMessageItems.map(({ messageText }) => messageText).join(''));
      for (const { messageId, popReceipt } of receivedMessageItems) await queue.deleteMessage(messageId, popReceipt);
    }
    expect(new Set(orders)).toEqual(new Set(['123', '321']));
  });
});

describe('the count of a queue', () => {
  it('is never too small, and for a while one too large after a deletion', async () => {
    // Microsoft Learn, "Get Queue Metadata", read 2026-11-30: not lower than the number of messages, but may be higher.
    const queue = await storage.newQueue();
    const countOf = async (): Promise<number> => (await queue.getProperties()).approximateMessagesCount ?? -1;
    for (const text of ['1', '2', '3']) await queue.sendMessage(text);
    expect(await countOf()).toBe(3);
    const { receivedMessageItems } = await queue.receiveMessages();
    const [message] = receivedMessageItems;
    if (message === undefined) expect.unreachable();
    await queue.deleteMessage(message.messageId, message.popReceipt);
    const counts = new Set<number>();
    for (let times = 0; times < 20; times += 1) counts.add(await countOf());
    expect([...counts].toSorted()).toEqual([2, 3]);
    await expect.poll(countOf, { timeout: 10_000 }).toBe(2);
  });
});

describe('an outdated receipt', () => {
  it('is refused: 400 while the message is there, 404 once it is gone', async () => {
    // Microsoft Learn, "Queue Storage error codes", read 2026-11-30.
    const queue = await storage.newQueue();
    await queue.sendMessage('a');
    const [first] = (await queue.receiveMessages({ visibilityTimeout: 30 })).receivedMessageItems;
    if (first === undefined) expect.unreachable();
    const { popReceipt = '' } = await queue.updateMessage(first.messageId, first.popReceipt, 'a', 30);
    expect(await endOf(queue.deleteMessage(first.messageId, first.popReceipt))).toBe('400 PopReceiptMismatch');
    await queue.deleteMessage(first.messageId, popReceipt);
    expect(await endOf(queue.deleteMessage(first.messageId, popReceipt))).toBe('404 MessageNotFound');
  });
});
