/** Requests to the storage under way at once: enough to hide its round trips, few enough to leave it to others. */
const MOST_AT_ONCE = 16;

/** A step for each, some at a time; the results in the order of the items. The first error ends it. */
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

async function* numbered<Item>(items: Iterable<Item> | AsyncIterable<Item>): AsyncGenerator<readonly [number, Item]> {
  let place = 0;
  for await (const item of items) yield [place++, item];
}
