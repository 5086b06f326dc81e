import { ImageRejected } from '../errors.ts';
import { statusOf } from '../storage/storageError.ts';

/** What is told of a blob that is there and cannot be read; undefined for what is nobody's fault but ours. */
export function readRefusal(error: unknown, name: string): ImageRejected | undefined {
  const reason = reasonOf(statusOf(error));
  if (reason === undefined) return undefined;
  return new ImageRejected('bytes-gone', `${name} cannot be read: ${reason}.`, { cause: error });
}

function reasonOf(status: number | undefined): string | undefined {
  if (status === 409) return 'it lies in the archive tier, or is leased';
  if (status === 401 || status === 403) return `the storage account answered ${status}: this app may not read it`;
  return undefined;
}
