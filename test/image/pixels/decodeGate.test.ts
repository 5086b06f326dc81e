import { describe, expect, it } from 'vitest';
import { createDecodeGate } from '../../../shared/image/pixels/decodeGate.ts';

describe('createDecodeGate', () => {
  it('lets work in while there is room for its pixels, in the order in which it came', async () => {
    const gate = createDecodeGate(100);
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => (): Promise<void> => {
      started.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    };
    const runs = [gate.run(60, work('a')), gate.run(60, work('b')), gate.run(10, work('c'))];
    await Promise.resolve();
    expect(started).toEqual(['a']);

    ends.get('a')?.();
    await runs[0];
    expect(started).toEqual(['a', 'b', 'c']);
    ends.get('b')?.();
    ends.get('c')?.();
    await Promise.all(runs);
  });

  it('runs work that is larger than the room alone, and gives the room back when work fails', async () => {
    const gate = createDecodeGate(100);
    await expect(gate.run(1_000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(1_000, async () => 'done')).toBe('done');
  });
});
