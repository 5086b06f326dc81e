import { describe, expect, it } from 'vitest';
import { recently } from '../../../shared/http/views/recently.ts';

describe('recently', () => {
  it('reads anew after 15 s, and keeps the last value while reading fails or takes long', async () => {
    let nowMs = 0;
    const answers = [
      () => Promise.resolve('first'),
      () => Promise.reject(new Error('away')),
      () => new Promise<string>(() => undefined),
      () => Promise.resolve('last'),
    ];
    const read = recently(() => (answers.shift() ?? (() => Promise.resolve('none')))(), {
      now: () => nowMs,
      sleep: () => new Promise((settle) => setImmediate(settle)),
    });
    const seen: unknown[] = [];
    for (const atMs of [0, 14_999, 15_000, 30_000, 45_000]) {
      nowMs = atMs;
      seen.push(await read());
    }
    expect(seen).toEqual(['first', 'first', 'first', 'first', 'last']);
  });
});
