type Ended<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  /** The time was over first. */
  | { readonly kind: 'late' }
  /** The caller's signal aborted first. */
  | { readonly kind: 'aborted' };

interface TimeLimit {
  readonly waitMs: number;
  /** Ends the wait before its time. */
  readonly signal?: AbortSignal | undefined;
  /** The clock of a simulation, for example. Default: a timer of the process. */
  readonly sleep?: (waitMs: number, stop: AbortSignal) => Promise<unknown>;
}

/**
 * Waits for work no longer than `waitMs` milliseconds. The signal that the work receives aborts when the wait ends
 * early; work that ignores it continues, and its result or error is dropped.
 *
 * @throws the error of work that fails in time
 *
 * @example await inTime(() => new Promise(() => undefined), { waitMs: 2_000 }) // { kind: 'late' }
 */
export async function inTime<Value>(
  work: (stop: AbortSignal) => Promise<Value>,
  { waitMs, signal, sleep = timer }: TimeLimit,
): Promise<Ended<Value>> {
  const stopWork = new AbortController();
  const stopWait = new AbortController();
  const working = work(stopWork.signal).then((value): Ended<Value> => ({ kind: 'done', value }));
  working.catch(() => undefined); // Dropped when it comes late; heard by the race when it comes in time.
  const late = sleep(waitMs, stopWait.signal).then((): Ended<Value> => ({ kind: 'late' }));
  try {
    const end = await Promise.race([...(signal ? [abortOf(signal, stopWait.signal)] : []), working, late]);
    if (end.kind !== 'done') stopWork.abort();
    return end;
  } finally {
    stopWait.abort();
  }
}

function abortOf(signal: AbortSignal, stop: AbortSignal): Promise<{ readonly kind: 'aborted' }> {
  return new Promise((resolve) => {
    const abort = (): void => resolve({ kind: 'aborted' });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: stop });
  });
}

/** Never ends once it is stopped: the race is over by then. */
function timer(waitMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const handle = setTimeout(resolve, waitMs);
    stop.addEventListener('abort', () => clearTimeout(handle), { once: true });
  });
}
