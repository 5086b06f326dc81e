import { reasonsOf } from '../storage/failureReason.ts';
import { SpoiltRow } from '../storage/spoiltRow.ts';
import { statusOf } from '../storage/storageError.ts';

/** Requests to the storage at the same time: enough to hide its round trips, few enough to leave room for other work. */
const MOST_AT_ONCE = 16;

/** Runs a step for each item, 16 at a time. Gives the results in the order of the items; the first error ends it. */
export async function inParallel<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  step: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = numbered(items);
  const work = async (): Promise<void> => {
    for await (const [place, item] of waiting) results[place] = await step(item);
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  return results;
}

/** The results of items that succeeded, and the errors of the others. */
interface Settled<Item, Result> {
  /** Of those that succeeded, in the order of the items. */
  readonly results: readonly Result[];
  readonly failed: readonly FailedItem<Item>[];
}

export interface FailedItem<Item> {
  readonly item: Item;
  readonly error: unknown;
}

/**
 * Runs a step for each item, 16 at a time, and continues when one fails.
 *
 * @throws an error of a step, where the first 16 steps all fail for a reason that is not the item's own, such as a
 * 403, a 503 or a broken connection: the others would fail in the same way, each after the client's retries
 */
export async function settleInParallel<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  step: (item: Item) => Promise<Result>,
): Promise<Settled<Item, Result>> {
  const failed: FailedItem<Item>[] = [];
  let outages = 0;
  let isReachable = false;
  const ends = await inParallel(items, async (item) => {
    try {
      const result = await step(item);
      isReachable = true;
      return [result];
    } catch (error) {
      failed.push({ item, error });
      if (isAboutItem(error)) isReachable = true;
      else outages += 1;
      if (!isReachable && outages >= MOST_AT_ONCE) throw error;
      return [];
    }
  });
  return { results: ends.flat(1) as Result[], failed };
}

/**
 * Says how many items failed and why, with one of them to look at: `3 analyses could not be recovered, such as 5d41….
 * Reasons: 503 ServerBusy 3 times.`
 *
 * @throws {Error} if there are any
 */
export function assertNoneLeft(what: string, failed: readonly FailedItem<string>[]): void {
  const [first] = failed;
  if (!first) return;
  const reasons = reasonsOf(failed.map(({ error }) => error));
  throw new Error(`${failed.length} ${what}, such as ${first.item}. Reasons: ${reasons}.`);
}

/** A row that cannot be read, or a refusal that other items may not get. */
function isAboutItem(error: unknown): boolean {
  const status = statusOf(error);
  if (status === undefined) return error instanceof SpoiltRow;
  return status < 500 && ![401, 403, 408, 429].includes(status);
}

async function* numbered<Item>(items: Iterable<Item> | AsyncIterable<Item>): AsyncGenerator<readonly [number, Item]> {
  let place = 0;
  for await (const item of items) yield [place++, item];
}
