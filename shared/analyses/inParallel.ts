/** Requests to the storage under way at once: enough to hide its round trips, few enough to leave it to others. */
const MOST_AT_ONCE = 16;

/** A step for each, some at a time; the results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  step: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [place, item] of waiting) results[place] = await step(item);
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, items.length) }, work));
  return results;
}
