import type { QueueClient } from '@azure/storage-queue';
import { refusalKind } from './refusalKind.ts';

/** A message that was sent, as its queue names it. */
export interface DueMessage {
  readonly messageId: string;
  readonly popReceipt: string;
}

/** Messages that wake waiting analyses. The record decides; a message only says when to read it. */
export interface DueQueue {
  /** Wakes the analysis at `atMs` (epoch milliseconds), or at once if that is past. */
  send(analysisId: string, atMs: number): Promise<DueMessage>;
  /** Wakes it at `atMs` and not before; `send` wakes it early, for a start that must not be missed. */
  showAt(analysisId: string, atMs: number): Promise<DueMessage>;
  /** Deletes a message before it is due; does nothing if it no longer exists. */
  takeBack(message: DueMessage): Promise<void>;
  /** The approximate number of messages. */
  length(): Promise<number>;
}

/** Queue of analyses whose start is later than a function should wait for. */
export const DUE_QUEUE = 'analyses-due';

/** A message can be invisible for at most 7 days. For a later start it appears then and is sent again. */
const LONGEST_VISIBILITY_S = 6 * 24 * 3600;

/** Queue triggers poll up to 2 s late, so a message appears early and the function waits for the rest. */
export const SHOWN_EARLY_MS = 3000;

export function createDueQueue(dependencies: { readonly queue: QueueClient; readonly now: () => number }): DueQueue {
  const { queue, now } = dependencies;
  const showAt: DueQueue['showAt'] = async (analysisId, atMs) => {
    const delaySeconds = Math.ceil((atMs - now()) / 1000);
    const visibilityTimeout = Math.min(Math.max(0, delaySeconds), LONGEST_VISIBILITY_S);
    // The text of a message must be valid in XML, which base64 always is. `id` would be overwritten by the trigger's own
    // metadata, hence the longer name.
    const text = Buffer.from(JSON.stringify({ analysisId })).toString('base64');
    const { messageId, popReceipt } = await queue.sendMessage(text, { visibilityTimeout, messageTimeToLive: -1 });
    return { messageId, popReceipt };
  };
  return {
    showAt,
    send: (analysisId, atMs) => showAt(analysisId, atMs - SHOWN_EARLY_MS),
    takeBack: async ({ messageId, popReceipt }) => {
      await queue.deleteMessage(messageId, popReceipt).catch((error: unknown) => {
        const kind = refusalKind(error);
        // A receipt that is no longer the last one: 400 PopReceiptMismatch, or 404 MessageNotFound when the message is gone.
        if (kind !== 'missing' && kind !== 'outdated') throw error;
      });
    },
    length: async () => (await queue.getProperties()).approximateMessagesCount ?? 0,
  };
}
