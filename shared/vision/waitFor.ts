/** The part of an AbortSignal that Azure's clients promise (their own polyfills are no AbortSignal). */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface WaitLimits {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignalLike;
  /** The error of a wait that ended early. */
  readonly ended: (why: 'timeout' | 'aborted') => Error;
}

/** Waits for shared work without ending it: when this wait's time is up or its signal aborts, only the wait ends. */
export async function waitFor<T>(work: Promise<T>, { timeoutMs, signal, ended }: WaitLimits): Promise<T> {
  if (signal?.aborted) {
    work.catch(() => {}); // Its failure is for those who still wait.
    throw ended('aborted');
  }
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => {};
  const early = new Promise<never>((_, reject) => {
    onAbort = () => reject(ended('aborted'));
    signal?.addEventListener('abort', onAbort);
    if (timeoutMs !== undefined) timer = setTimeout(() => reject(ended('timeout')), timeoutMs);
  });
  try {
    return await Promise.race([work, early]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
