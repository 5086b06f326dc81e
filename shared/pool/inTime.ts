export type Answer<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'late' };

/**
 * The answer to a call, if it comes within so many milliseconds. A late call is told to stop, and what it ends with is not
 * looked at.
 *
 * @throws whatever the call throws in time
 *
 * @example
 * await inTime(() => new Promise(() => undefined), 2_000, sleep) // { kind: 'late' }
 */
export async function inTime<T>(
  call: (stop: AbortSignal) => Promise<T>,
  waitMs: number,
  sleep: (waitMs: number) => Promise<void>,
): Promise<Answer<T>> {
  const stop = new AbortController();
  const asking = call(stop.signal).then((value): Answer<T> => ({ kind: 'answered', value }));
  asking.catch(() => undefined);
  const answer = await Promise.race([asking, sleep(waitMs).then((): Answer<T> => ({ kind: 'late' }))]);
  if (answer.kind === 'late') stop.abort();
  return answer;
}
