import { createHash } from 'node:crypto';

/** What tells one content from every other: SHA-256 in hexadecimal, 64 characters. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
