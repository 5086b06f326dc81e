import { InvalidRequest, NotPossible } from '../errors.ts';
import { statusOf } from '../storage/storageError.ts';

export const foreignContinuation = 'continuation is of no page of this folder: take the one that the page before gave.';

/** What a caller is told when a container cannot be listed; undefined for what is nobody's fault but ours. */
export function listRefusal(error: unknown, container: string): InvalidRequest | NotPossible | undefined {
  const status = statusOf(error);
  const options = { cause: error };
  if (status === 400) {
    return new InvalidRequest([{ path: 'continuation', message: foreignContinuation }], options);
  }
  if (status === 404) {
    return new NotPossible('not-found', `There is no container ${container} in the storage account.`, options);
  }
  if (status === 401 || status === 403) {
    const detail = `The storage account answered ${status}: this app may not list the container ${container}.`;
    return new NotPossible('conflict', detail, options);
  }
  return undefined;
}
