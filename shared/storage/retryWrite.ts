import { AppError } from '../errors.ts';
import { refusalKind } from './refusalKind.ts';
import { StorageRefused } from './storageRefused.ts';

/** Waits between tries, milliseconds; the storage's clients have tried for some seconds before each. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 10_000, 15_000, 15_000, 30_000, 30_000, 60_000];

/**
 * Repeats the write of a paid answer while the storage is unavailable or another client holds a lease that may end:
 * giving up would mean paying again.
 */
export async function retryWrite<T>(
  write: () => Promise<T>,
  parts: { readonly sleep: (waitMs: number) => Promise<void> },
): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await write();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await parts.sleep(waitMs);
    }
  }
  return await write();
}

/** No response, or one of a failing service. */
function isPassing(error: unknown): boolean {
  if (error instanceof StorageRefused) return error.scope === 'passing' || refusalKind(error.cause) === 'leased';
  if (error instanceof AppError) return false;
  const kind = refusalKind(error);
  return kind === undefined ? (error as { code?: string }).code !== undefined : kind === 'passing';
}
