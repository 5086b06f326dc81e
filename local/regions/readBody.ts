import type { IncomingMessage } from 'node:http';

/** Ten images of 20 MB in base64, and their text. No source gives the service's own limit. */
const maxBodyBytes = 300 * 1024 * 1024;

/** The body of a request; null when the client broke off or sent more than is taken. */
export function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) resolve(null);
      else chunks.push(chunk);
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.once('error', () => resolve(null));
    incoming.once('close', () => resolve(null));
  });
}
