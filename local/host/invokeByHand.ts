import type { ListenerHost } from './blobListener.ts';
import { splitBlobPath } from './blobPath.ts';
import { blobInvocation } from './blobTrigger.ts';
import { openConnection } from './connection.ts';
import type { IndexedFunction } from './indexFunctions.ts';
import { encodeMessage } from './messageText.ts';
import { queueInvocation } from './queueTrigger.ts';

/**
 * Runs a function without its event: `input` is `container/blob` for a blob function, the text of a message for a queue
 * function, and nothing for a timer. It settles once the function has been started.
 *
 * @throws Error when there is no such blob, or the function is called over HTTP anyway.
 */
export async function invokeByHand(host: ListenerHost, called: IndexedFunction, input: string): Promise<void> {
  const { trigger } = called;
  const invocation = await (async () => {
    switch (trigger.kind) {
      case 'blob': {
        const { container, name } = splitBlobPath(input);
        const message = { ContainerName: container, BlobName: name };
        return blobInvocation({ ...called, trigger }, message, openConnection(trigger.connection, host.settings));
      }
      case 'queue': {
        const now = new Date();
        const message = { messageId: '', popReceipt: '', dequeueCount: 1 };
        return queueInvocation(
          { ...called, trigger },
          {
            ...{ ...message, messageText: encodeMessage(input, host.hostFile.queues.messageEncoding) },
            ...{ insertedOn: now, expiresOn: now, nextVisibleOn: now },
          },
          host.hostFile.queues.messageEncoding,
        );
      }
      case 'timer': {
        const json = JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false });
        return { inputData: [{ name: called.bindingName, data: { json } }], triggerMetadata: {} };
      }
      case 'http':
        throw new Error(`'${called.name}' is called over HTTP, at ${trigger.route.template}.`);
    }
  })();
  if (invocation === undefined) throw new Error(`There is no blob "${input}".`);
  // Logged by the invoker; the caller of /admin/functions learns only that it was started.
  void host.invoker.invoke(called.registered, invocation).catch(() => undefined);
}
