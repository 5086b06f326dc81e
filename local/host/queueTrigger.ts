import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { IndexedFunction, QueueTrigger } from './indexFunctions.ts';
import { decodeMessage } from './messageText.ts';
import type { InvocationRequest, TypedData } from './workerProtocol.ts';

/** What a queue function gets for a message. @throws Error when the text is not encoded as host.json says. */
export function queueInvocation(
  called: IndexedFunction<QueueTrigger>,
  message: DequeuedMessageItem,
  encoding: 'base64' | 'none',
): Omit<InvocationRequest, 'invocationId'> {
  const text = decodeMessage(message.messageText, encoding);
  return {
    inputData: [{ name: called.bindingName, data: { string: text } }],
    triggerMetadata: overwriteFromJson(text, {
      QueueTrigger: { string: text },
      Id: { string: message.messageId },
      DequeueCount: { int: message.dequeueCount },
      PopReceipt: { string: message.popReceipt },
      InsertionTime: time(message.insertedOn),
      ExpirationTime: time(message.expiresOn),
      NextVisibleTime: time(message.nextVisibleOn),
    }),
  };
}

/**
 * The fields of a JSON message become trigger metadata as well, and take the place of the host's own of the same name,
 * whatever its case: `{"id":"x"}` makes `triggerMetadata.id` "x" (seen with host 4.1037).
 */
function overwriteFromJson(text: string, metadata: Record<string, TypedData>): Record<string, TypedData> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return metadata;
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return metadata;
  const overwritten = { ...metadata };
  for (const [field, value] of Object.entries(message)) {
    const name = Object.keys(metadata).find((known) => known.toLowerCase() === field.toLowerCase()) ?? field;
    overwritten[name] = typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };
  }
  return overwritten;
}

function time(instant: Date): TypedData {
  return { json: JSON.stringify(instant) };
}
