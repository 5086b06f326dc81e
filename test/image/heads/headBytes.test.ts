import { describe, expect, it } from 'vitest';
import { createHeadBytes, PastHead } from '../../../shared/image/heads/headBytes.ts';

const START = Buffer.from('II*\0');

describe('createHeadBytes', () => {
  it('reads each piece where it stands in the file', () => {
    const further = [{ at: 500, bytes: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]) }];
    const head = createHeadBytes(START, { totalBytes: 1_000, further });
    expect(head.text(0, 2)).toBe('II');
    expect(head.uint8(507)).toBe(8);
    expect(head.uint16(500, 'big')).toBe(0x0102);
    expect(head.uint24(500)).toBe(0x030201);
    expect(head.uint32(504, 'little')).toBe(0x08070605);
    expect(head.uint64(500, 'big')).toBe(Number(0x0102030405060708n));
    expect([...head.slice(502, 505)]).toEqual([3, 4, 5]);
    expect(head.uint16(2, 'little')).toBe(42);
    expect(head.length).toBe(1_000);
  });

  it.each([
    [6, 7],
    [507, 509],
    [0, 5],
  ])('says which bytes a read from %i to %i misses', (at, end) => {
    const head = createHeadBytes(START, { totalBytes: 1_000, further: [{ at: 500, bytes: Buffer.alloc(8) }] });
    const count = end - at;
    expect(() => (count === 1 ? head.uint8(at) : count === 2 ? head.uint16(at, 'big') : head.text(at, count))).toThrow(
      expect.objectContaining({ name: 'PastHead', at, end }),
    );
  });

  it('knows what is there', () => {
    expect(() => createHeadBytes(START).need(1, 5)).toThrow(PastHead);
    expect(createHeadBytes(START).need(1, 4)).toBeUndefined();
  });

  it('counts how many of the first bytes were used, not those further back', () => {
    const head = createHeadBytes(START, { totalBytes: 1_000, further: [{ at: 500, bytes: Buffer.alloc(8) }] });
    head.uint16(1, 'big');
    head.uint8(507);
    expect(() => head.uint8(4)).toThrow(PastHead);
    expect(head.usedBytes()).toBe(3);
  });
});
