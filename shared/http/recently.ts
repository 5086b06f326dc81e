import { inTime } from '../concurrency/inTime.ts';

/** So long a value counts as fresh, and so long a call waits for a new one at most. */
const FRESH_MS = 15_000;
const PATIENCE_MS = 1_000;

/**
 * The value as it was lately: read at most every 15 s whoever asks, and not waited for longer than a second; then, and
 * when reading fails, it is the last one that was read, or undefined.
 */
export function recently<Value>(
  read: () => Promise<Value | undefined>,
  clock: { readonly now: () => number; readonly sleep: (waitMs: number) => Promise<void> },
): () => Promise<Value | undefined> {
  let value: Value | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.now() - readAtMs < FRESH_MS) return value;
    readAtMs = clock.now();
    const reading = read().then(
      (fresh) => {
        value = fresh;
      },
      () => undefined,
    );
    await inTime(() => reading, { waitMs: PATIENCE_MS, sleep: clock.sleep });
    return value;
  };
}
