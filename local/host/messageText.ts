/** A text that `queues.messageEncoding` says must be base64, and is not. */
export class NotBase64 extends Error {
  override readonly name = 'NotBase64';
}

/**
 * Message texts under `queues.messageEncoding`. With `base64`, the default, a text that is none reaches no function.
 *
 * @throws {NotBase64}
 */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): string {
  if (encoding === 'none') return text;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new NotBase64('The message is not base64; queues.messageEncoding in host.json says that it must be.');
  }
  return Buffer.from(text, 'base64').toString('utf8');
}

export function encodeMessage(text: string, encoding: 'base64' | 'none'): string {
  return encoding === 'none' ? text : Buffer.from(text, 'utf8').toString('base64');
}
