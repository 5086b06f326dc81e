import type { ListenerHost } from './blobListener.ts';
import { openConnection } from './connection.ts';
import type { IndexedFunction, QueueTrigger } from './indexFunctions.ts';
import { type QueueListener, startQueueListener } from './queueListener.ts';
import { queueInvocation } from './queueTrigger.ts';

/** Starts a listener for each queue function; what fails too often goes to `<queue>-poison`, which has no such queue of its own. */
export async function startQueueTriggers(
  functions: readonly IndexedFunction<QueueTrigger>[],
  host: ListenerHost,
): Promise<QueueListener[]> {
  const { queues: settings } = host.hostFile;
  return functions.map((called) => {
    const { queueName, connection } = called.trigger;
    const { queues } = openConnection(connection, host.settings);
    if (queues === undefined) throw new Error(`The connection '${connection}' names no queue service.`);
    return startQueueListener({
      queue: queues.getQueueClient(queueName),
      settings,
      leaseMs: host.leaseMs,
      log: host.log,
      findPoisonQueue: () => (queueName.endsWith('-poison') ? undefined : queues.getQueueClient(`${queueName}-poison`)),
      run: async (message) => {
        const invocation = queueInvocation(called, message, settings.messageEncoding);
        await host.invoker.invoke(called.registered, invocation);
      },
    });
  });
}
