import { AppError } from '../errors.ts';
import { refusalKind } from './refusalKind.ts';
import { StorageRefused } from './storageRefused.ts';

/** Waits between tries, milliseconds; the storage's clients have tried for some seconds before each. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 10_000, 15_000, 15_000, 30_000, 30_000, 60_000];

/**
 * A write of what was paid for, over and over while the storage is away, or while another client holds a lease, which may
 * end: giving it up would mean paying again.
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

/** No answer, or one that says that the service is not well. */
function isPassing(error: unknown): boolean {
  if (error instanceof StorageRefused) return error.scope === 'passing' || refusalKind(error.cause) === 'leased';
  if (error instanceof AppError) return false;
  const kind = refusalKind(error);
  return kind === undefined ? (error as { code?: string }).code !== undefined : kind === 'passing';
}
