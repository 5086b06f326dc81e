import { describe, expect, it } from 'vitest';
import { PastHead } from '../../shared/image/headBytes.ts';
import { createSparseHead } from '../../shared/image/sparseHead.ts';

describe('createSparseHead', () => {
  it('reads each piece where it stands in the file', () => {
    const head = createSparseHead(1_000);
    head.add(0, Buffer.from('II*\0'));
    head.add(500, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(head.text(0, 2)).toBe('II');
    expect(head.uint8(507)).toBe(8);
    expect(head.uint16(500, 'big')).toBe(0x0102);
    expect(head.uint24(500)).toBe(0x030201);
    expect(head.uint32(504, 'little')).toBe(0x08070605);
    expect(head.uint64(500, 'big')).toBe(Number(0x0102030405060708n));
    expect(head.length).toBe(1_000);
  });

  it.each([
    [6, 7],
    [507, 509],
    [0, 5],
  ])('says which bytes a read from %i misses', (at, neededBytes) => {
    const head = createSparseHead(1_000);
    head.add(0, Buffer.alloc(4));
    head.add(500, Buffer.alloc(8));
    const count = neededBytes - at;
    expect(() => (count === 1 ? head.uint8(at) : count === 2 ? head.uint16(at, 'big') : head.text(at, count))).toThrow(
      expect.objectContaining({ name: 'PastHead', neededBytes }),
    );
  });

  it('knows where the file ends', () => {
    expect(() => createSparseHead(10).need(11)).toThrow(PastHead);
    expect(createSparseHead(10).need(10)).toBeUndefined();
  });
});
