import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { QueueSettings } from './hostFile.ts';
import type { HostLog } from './hostLog.ts';
import { NotBase64 } from './messageText.ts';
import { pollingDelayMs } from './pollingDelay.ts';

interface QueueListenerOptions {
  readonly queue: QueueClient;
  readonly settings: QueueSettings;
  /** How long a fetched message stays hidden from others; renewed at half time while its function runs. */
  readonly leaseMs: number;
  /** Runs one message; if it throws, the message is delivered again. */
  readonly run: (message: DequeuedMessageItem) => Promise<void>;
  /**
   * Where a message goes that has failed too often. A poison queue has none of its own: what fails there stays hidden for
   * the lease, and after maxDequeueCount deliveries no function sees it any more (Storage.Queues: QueueListenerFactory,
   * QueueProcessor).
   */
  readonly findPoisonQueue: (message: DequeuedMessageItem) => QueueClient | undefined;
  readonly log: HostLog;
}

export interface QueueListener {
  /** Something was just put into the queue: look now. */
  notify(): void;
  /** Fetches no more; settles when all that was fetched is done. */
  stop(): Promise<void>;
}

/** Polls a queue as the host does (azure-sdk-for-net, Storage.Queues: QueueListener and QueueProcessor). */
export function startQueueListener(options: QueueListenerOptions): QueueListener {
  const { queue, settings, log } = options;
  const category = `Host.Queue.${queue.name}`;
  const processing = new Set<Promise<void>>();
  let isStopping = false;
  let wake = (): void => undefined;

  const loop = async (): Promise<void> => {
    let emptyPolls = 0;
    while (!isStopping) {
      let found = 0;
      const asleep = sleepUntilWoken();
      try {
        found = await fetchBatch();
      } catch (error) {
        // A queue that does not exist yet is an empty one.
        if ((error as { statusCode?: number }).statusCode !== 404) log('warning', category, (error as Error).message);
      }
      if (found === 0) {
        emptyPolls += 1;
        await asleep(pollingDelayMs(emptyPolls, settings.maxPollingIntervalMs, Math.random()));
      } else {
        emptyPolls = 0;
        while (processing.size > settings.newBatchThreshold && !isStopping) await Promise.race(processing);
      }
    }
  };

  const fetchBatch = async (): Promise<number> => {
    const { receivedMessageItems } = await queue.receiveMessages({
      numberOfMessages: settings.batchSize,
      visibilityTimeout: Math.ceil(options.leaseMs / 1000),
    });
    for (const message of receivedMessageItems) {
      const work = processMessage(options, message)
        .catch((error: Error) => log('error', category, error.message))
        .finally(() => processing.delete(work));
      processing.add(work);
    }
    return receivedMessageItems.length;
  };

  /** From here on `notify` shortens the sleep, also one that has not begun. */
  const sleepUntilWoken = (): ((ms: number) => Promise<void>) => {
    const woken = new Promise<void>((settle) => {
      wake = settle;
    });
    return async (ms) => {
      const timer = setTimeout(() => wake(), ms);
      await woken;
      clearTimeout(timer);
    };
  };

  const looping = loop();
  return {
    notify: () => wake(),
    stop: async () => {
      isStopping = true;
      wake();
      await looping;
      await Promise.all(processing);
    },
  };
}

async function processMessage(options: QueueListenerOptions, message: DequeuedMessageItem): Promise<void> {
  const { queue, settings, leaseMs } = options;
  // Dequeued too often without a result: its last process crashed.
  if (message.dequeueCount > settings.maxDequeueCount) return movePoison(options, message);
  let popReceipt = message.popReceipt;
  const renewal = setInterval(() => {
    void queue
      .updateMessage(message.messageId, popReceipt, undefined, Math.ceil(leaseMs / 1000))
      .then((updated) => {
        popReceipt = updated.popReceipt ?? popReceipt;
      })
      .catch((error: Error) => options.log('warning', `Host.Queue.${queue.name}`, error.message));
  }, leaseMs / 2);
  let hasFailed = false;
  let isUnreadable = false;
  try {
    await options.run(message);
  } catch (error) {
    hasFailed = true;
    isUnreadable = error instanceof NotBase64;
    const times = `${message.dequeueCount} of ${settings.maxDequeueCount}`;
    options.log('warning', `Host.Queue.${queue.name}`, `Message failed (${times}): ${(error as Error).message}`);
  } finally {
    clearInterval(renewal);
  }
  if (!hasFailed) await queue.deleteMessage(message.messageId, popReceipt).catch(ignoreGone);
  else if (isUnreadable || message.dequeueCount >= settings.maxDequeueCount) {
    // No function reads what cannot be decoded, however often it comes (Storage.Queues: QueueServiceClientProvider).
    await movePoison(options, { ...message, popReceipt });
  } else if (options.findPoisonQueue(message) !== undefined) {
    const hiddenSeconds = Math.ceil(settings.visibilityTimeoutMs / 1000);
    await queue.updateMessage(message.messageId, popReceipt, undefined, hiddenSeconds).catch(ignoreGone);
  }
}

async function movePoison(options: QueueListenerOptions, message: DequeuedMessageItem): Promise<void> {
  const poison = options.findPoisonQueue(message);
  if (poison === undefined) return;
  options.log(
    'error',
    `Host.Queue.${options.queue.name}`,
    `Message has reached MaxDequeueCount of ${options.settings.maxDequeueCount}. Moving message to queue '${poison.name}'.`,
  );
  await poison.createIfNotExists();
  await poison.sendMessage(message.messageText, { messageTimeToLive: -1 });
  await options.queue.deleteMessage(message.messageId, message.popReceipt).catch(ignoreGone);
}

/** Another instance has the message by now, or it is gone: not ours any more. */
function ignoreGone(error: { readonly statusCode?: number; readonly message: string }): void {
  if (error.statusCode !== 404 && error.statusCode !== 400) throw error;
}
