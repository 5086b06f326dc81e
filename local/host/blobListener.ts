import { type BlobTriggerMessage, blobInvocation } from './blobTrigger.ts';
import { type Connection, openConnection } from './connection.ts';
import type { HostFile } from './hostFile.ts';
import type { HostLog } from './hostLog.ts';
import type { BlobTrigger, IndexedFunction } from './indexFunctions.ts';
import type { Invoker } from './invoke.ts';
import { decodeMessage, encodeMessage } from './messageText.ts';
import { startQueueListener } from './queueListener.ts';
import type { Settings } from './settings.ts';

const POISON_QUEUE = 'webjobs-blobtrigger-poison';

export interface ListenerHost {
  readonly hostId: string;
  readonly hostFile: HostFile;
  readonly settings: Settings;
  readonly leaseMs: number;
  readonly invoker: Invoker;
  readonly log: HostLog;
}

export interface BlobListener {
  /** Puts messages into the internal queue, and has this instance look at once. */
  enqueue(messages: readonly BlobTriggerMessage[]): Promise<void>;
  stop(): Promise<void>;
}

/** The one listener of all blob functions: an internal queue of the host's own storage, shared by all its instances. */
export async function startBlobListener(
  functions: readonly IndexedFunction<BlobTrigger>[],
  host: ListenerHost,
): Promise<BlobListener> {
  const hostStorage = openConnection('AzureWebJobsStorage', host.settings).queues;
  if (hostStorage === undefined) throw new Error("The connection 'AzureWebJobsStorage' names no queue service.");
  const queue = hostStorage.getQueueClient(`azure-webjobs-blobtrigger-${host.hostId}`);
  await queue.createIfNotExists();
  const connections = new Map<string, Connection>();
  for (const { trigger } of functions) {
    connections.set(trigger.connection, openConnection(trigger.connection, host.settings));
  }
  const registered = new Map(functions.map((one) => [`Host.Functions.${one.name}`, one]));
  const read = (text: string): BlobTriggerMessage | undefined => {
    try {
      return JSON.parse(decodeMessage(text, 'base64')) as BlobTriggerMessage;
    } catch {
      return undefined;
    }
  };

  const listener = startQueueListener({
    queue,
    settings: host.hostFile.blobs,
    leaseMs: host.leaseMs,
    log: host.log,
    run: async ({ messageText }) => {
      const message = read(messageText);
      // Logged and discarded by the extension too (Storage.Blobs: QueueServiceClientProvider).
      if (message === undefined) {
        host.log('warning', 'Host.Blobs', `Invalid message in blob trigger queue ${queue.name}.`);
        return;
      }
      const called = registered.get(message.FunctionId);
      const connection = called && connections.get(called.trigger.connection);
      // A function that is no more, or a blob that is no more: the message ends here, with a line in the log.
      if (called === undefined || connection === undefined) {
        host.log(
          'debug',
          'Host.Blobs',
          `Function '${message.FunctionId}' was not found; '${message.BlobName}' is dropped.`,
        );
        return;
      }
      const invocation = await blobInvocation(called, message, connection);
      if (invocation === undefined) {
        host.log(
          'debug',
          'Host.Blobs',
          `Blob '${message.ContainerName}/${message.BlobName}' was not found; it is dropped.`,
        );
        return;
      }
      await host.invoker.invoke(called.registered, invocation);
    },
    // In the account of the blob; where that has no queues, in the host's.
    findPoisonQueue: ({ messageText }) => {
      const called = registered.get(read(messageText)?.FunctionId ?? '');
      const account = (called && connections.get(called.trigger.connection)?.queues) ?? hostStorage;
      return account.getQueueClient(POISON_QUEUE);
    },
  });
  return {
    enqueue: async (messages) => {
      for (const message of messages) {
        await queue.sendMessage(encodeMessage(JSON.stringify(message), 'base64'), { messageTimeToLive: -1 });
      }
      listener.notify();
    },
    stop: () => listener.stop(),
  };
}
