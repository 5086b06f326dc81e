/**
 * The content of a queue message: the parsed JSON of a text or of its base64, else the text itself.
 *
 * The host passes each text unchanged (`messageEncoding` in host.json is `none`). With `base64` the host would decode,
 * and other text would never reach a function: it would go to the poison queue at once, and from a poison queue it
 * would come back every ten minutes (azure-sdk-for-net, Storage.Queues: QueueServiceClientProvider,
 * QueueListenerFactory.CreatePoisonQueueReference, 2026-11). Event Grid writes base64; tools and people may not.
 *
 * @param input what the library passes: an object if the text is JSON, else the text
 * @example readQueueMessage('eyJhIjoxfQ==') // { a: 1 }
 */
export function readQueueMessage(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  return parsedJson(input) ?? parsedJson(textOfBase64(input)) ?? input;
}

function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) ?? undefined);
  } catch {
    return undefined;
  }
}

function textOfBase64(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.trim())) return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}
