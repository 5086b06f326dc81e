import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFirstReads } from '../../shared/estimates/firstReads.ts';

describe('createFirstReads', () => {
  it('begins with 8 KiB, and keeps to it while headers are short', () => {
    const reads = createFirstReads();
    expect(reads.bytesFor('a.jpg')).toBe(8_192);
    for (let file = 0; file < 40; file++) reads.note(`${file}.jpg`, 600);
    expect(reads.bytesFor('b.jpg')).toBe(8_192);
  });

  it("reads as much as a camera's headers took, for files of the same ending only", () => {
    const reads = createFirstReads();
    reads.note('DSC_0001.JPG', 24_600);
    expect(reads.bytesFor('DSC_0002.jpg')).toBe(28_672);
    expect(reads.bytesFor('holiday/DSC_0002.png')).toBe(8_192);
    expect(reads.bytesFor('scan')).toBe(8_192);
  });

  it('leaves a second read to the longest eighth', () => {
    const reads = createFirstReads();
    for (let file = 0; file < 32; file++) reads.note(`${file}.jpg`, file % 8 === 0 ? 40_000 : 600);
    expect(reads.bytesFor('b.jpg')).toBe(8_192);
    for (let file = 0; file < 32; file++) reads.note(`${file}.jpg`, file % 4 === 0 ? 40_000 : 600);
    expect(reads.bytesFor('b.jpg')).toBe(40_960);
  });

  it('goes back when the headers are short again', () => {
    const reads = createFirstReads();
    for (let file = 0; file < 100; file++) reads.note(`${file}.jpg`, 30_000);
    for (let file = 0; file < 32; file++) reads.note(`${file}.jpg`, 600);
    expect(reads.bytesFor('b.jpg')).toBe(8_192);
  });

  it('lets no header argue that no first read would hold', () => {
    const reads = createFirstReads();
    reads.note('a.jpg', 65_537);
    expect(reads.bytesFor('b.jpg')).toBe(8_192);
  });

  it('reads 8 to 64 KiB, whatever it has seen', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 200_000 })), (lengths) => {
        const reads = createFirstReads();
        for (const bytes of lengths) reads.note('a.jpg', bytes);
        expect(reads.bytesFor('b.jpg')).toBeGreaterThanOrEqual(8_192);
        expect(reads.bytesFor('b.jpg')).toBeLessThanOrEqual(65_536);
      }),
    );
  });
});
