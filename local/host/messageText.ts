/**
 * Message texts under `queues.messageEncoding`. With `base64`, the default, a text that is none cannot be read: the host
 * counts each try as a failure and moves the message to the poison queue (seen with host 4.1037).
 */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): string {
  if (encoding === 'none') return text;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new Error('The message is not base64; queues.messageEncoding in host.json says that it must be.');
  }
  return Buffer.from(text, 'base64').toString('utf8');
}

export function encodeMessage(text: string, encoding: 'base64' | 'none'): string {
  return encoding === 'none' ? text : Buffer.from(text, 'utf8').toString('base64');
}
