import type { QueueClient } from '@azure/storage-queue';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDueQueue, type DueQueue } from '../../shared/storage/dueQueue.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();
const nowMs = Date.now();
let queue: QueueClient;
let due: DueQueue;

beforeEach(async () => {
  queue = await storage.queue();
  due = createDueQueue({ queue, now: () => nowMs });
});

async function visibleTexts(): Promise<readonly string[]> {
  const { receivedMessageItems: items } = await queue.receiveMessages({ numberOfMessages: 32 });
  return items.map(({ messageText }) => Buffer.from(messageText, 'base64').toString('utf8'));
}

describe('send', () => {
  it('writes JSON in base64, as the host reads it', async () => {
    await due.send('ab12', nowMs);
    expect(await visibleTexts()).toEqual(['{"analysisId":"ab12"}']);
  });

  it.each([
    ['a past start', -60_000],
    ['a start within the three seconds that a message shows early', 3_000],
  ])('shows a message of %s at once', async (_, fromNowMs) => {
    await due.send('ab12', nowMs + fromNowMs);
    expect(await visibleTexts()).toHaveLength(1);
  });

  it.each([
    ['a later start', 60_000],
    ['a start after more days than a message can be hidden', 30 * 86_400_000],
  ])('hides a message of %s, and counts it', async (_, fromNowMs) => {
    await due.send('ab12', nowMs + fromNowMs);
    expect(await visibleTexts()).toEqual([]);
    expect(await due.length()).toBe(1);
  });

  it('shows nothing early that is to show at a moment', async () => {
    await due.showAt('ab12', nowMs + 3_000);
    expect(await visibleTexts()).toEqual([]);
    await due.showAt('cd34', nowMs);
    expect(await visibleTexts()).toEqual(['{"analysisId":"cd34"}']);
  });

  it('can be taken back, once and again, and when it has shown already', async () => {
    const message = await due.send('ab12', nowMs + 60_000);
    await due.takeBack(message);
    await due.takeBack(message);
    // A message that was just deleted may still be counted (Microsoft Learn, "Get Queue Metadata").
    await expect.poll(() => due.length()).toBe(0);
    const shown = await due.send('cd34', nowMs);
    expect(await visibleTexts()).toHaveLength(1);
    await due.takeBack(shown);
    await expect.poll(() => due.length()).toBe(1);
  });

  it('writes a message that never ends by itself', async () => {
    await due.send('ab12', nowMs);
    const { receivedMessageItems: items } = await queue.receiveMessages();
    expect(items[0]?.expiresOn.getUTCFullYear()).toBe(9999);
  });
});
