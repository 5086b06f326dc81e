import { InvalidRequest } from '../errors.ts';
import { foreignContinuation } from './listRefusal.ts';

/** The folder and the storage's own marker, in letters that survive a copy and paste. */
export function continuationOf(prefix: string, marker: string): string {
  return Buffer.from(JSON.stringify([prefix, marker])).toString('base64url');
}

/**
 * The storage's marker in a continuation of this folder.
 *
 * @throws {InvalidRequest} for a text that no page of this folder returned: the storage would accept it and skip files
 */
export function markerOf(prefix: string, continuation: string): string {
  try {
    const [folder, marker]: readonly unknown[] = JSON.parse(Buffer.from(continuation, 'base64url').toString());
    if (folder === prefix && typeof marker === 'string') return marker;
  } catch {
    // Refused below, like every continuation of another folder.
  }
  throw new InvalidRequest([{ path: 'continuation', message: foreignContinuation }]);
}
