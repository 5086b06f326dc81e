import { InvalidRequest, NotPossible } from '../errors.ts';
import { refusalKind } from './refusalKind.ts';
import { blobRefusal, type StorageRefused } from './storageRefused.ts';

export const foreignContinuation = 'continuation is of no page of this folder: take the one that the page before gave.';

/**
 * The error that a caller gets when a container cannot be listed; undefined where neither the caller nor an operator can
 * change it, such as a busy service.
 *
 * @param listing.continuation the marker that was sent, if any: without one, no refusal is about a marker
 */
export function listRefusal(
  error: unknown,
  listing: { readonly container: string; readonly continuation?: string | undefined },
): InvalidRequest | NotPossible | StorageRefused | undefined {
  const { container, continuation } = listing;
  const options = { cause: error };
  const kind = refusalKind(error);
  if (kind === 'bad-marker' && continuation !== undefined) {
    return new InvalidRequest([{ path: 'continuation', message: foreignContinuation }], options);
  }
  if (kind === 'missing' || kind === 'home-missing') {
    return new NotPossible('not-found', `There is no container ${container} in the storage account.`, options);
  }
  return blobRefusal(error, { container, name: '', use: 'read' });
}
