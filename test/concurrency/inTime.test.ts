import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inTime } from '../../shared/concurrency/inTime.ts';

const never = (): Promise<never> => new Promise(() => undefined);

afterEach(() => {
  vi.useRealTimers();
});

describe('inTime', () => {
  it('gives the value of work that ends in time, and leaves no timer and no listener behind', async () => {
    vi.useFakeTimers();
    const { signal } = new AbortController();
    await expect(inTime(async () => 'token', { waitMs: 2_000, signal })).resolves.toEqual({
      kind: 'done',
      value: 'token',
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('calls work late after the wait and not before, and aborts its signal', async () => {
    vi.useFakeTimers();
    let stop: AbortSignal | undefined;
    const ends: string[] = [];
    const waiting = inTime(
      (signal) => {
        stop = signal;
        return never();
      },
      { waitMs: 2_000 },
    ).then(({ kind }) => ends.push(kind));
    await vi.advanceTimersByTimeAsync(1_999);
    expect([ends, stop?.aborted]).toEqual([[], false]);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect([ends, stop?.aborted]).toEqual([['late'], true]);
  });

  it('throws the error of work that fails in time', async () => {
    await expect(inTime(() => Promise.reject(new Error('refused')), { waitMs: 2_000 })).rejects.toThrow('refused');
  });

  it('drops the error of work that fails late', async () => {
    const work = Promise.withResolvers<string>();
    await expect(inTime(() => work.promise, { waitMs: 1 })).resolves.toEqual({ kind: 'late' });
    // An error that is not dropped would end this process as an unhandled rejection.
    work.reject(new Error('too late to matter'));
    await expect(work.promise).rejects.toThrow();
  });

  it("ends with the caller's signal, also where it aborted before", async () => {
    const caller = new AbortController();
    const waiting = inTime(never, { waitMs: 60_000, signal: caller.signal });
    caller.abort();
    await expect(waiting).resolves.toEqual({ kind: 'aborted' });
    await expect(inTime(async () => 1, { waitMs: 60_000, signal: caller.signal })).resolves.toEqual({
      kind: 'aborted',
    });
  });

  it('waits on the clock that it is given', async () => {
    const waits: number[] = [];
    const end = await inTime(never, {
      waitMs: 500,
      sleep: async (waitMs) => {
        waits.push(waitMs);
      },
    });
    expect([end, waits]).toEqual([{ kind: 'late' }, [500]]);
  });
});
