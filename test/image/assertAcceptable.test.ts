import { describe, expect, it } from 'vitest';
import { assertAcceptable, assertByteLength } from '../../shared/image/assertAcceptable.ts';
import { readImageHeader } from '../../shared/image/heads/readImageHeader.ts';
import { bytesInHand } from '../../shared/image/lookAtImage.ts';
import { prepareImage } from '../../shared/image/prepareImage.ts';
import { pngHeaderOf } from './drawnImages.ts';

const LIMITS = { maxBytes: 104_857_600, maxPixels: 268_402_689 };

function headerOf(file: Buffer) {
  const reading = readImageHeader(file, { totalBytes: 5_000_000 });
  if (reading.kind !== 'header') throw new Error('the header is there');
  return reading.header;
}

describe('assertAcceptable', () => {
  it('refuses a bomb of 30,000 x 30,000 pixels by its header, before anything is decoded', async () => {
    const bomb = pngHeaderOf({ width: 30_000, height: 30_000 });
    const ending = {
      code: 'too-many-pixels',
      detail: 'The image has 900,000,000 pixels; the limit is 268,402,689.',
    };
    expect(() => assertAcceptable(headerOf(bomb), 57, LIMITS)).toThrow(expect.objectContaining(ending));
    await expect(
      prepareImage(bytesInHand(bomb), headerOf(bomb), { width: 100, height: 100 }, LIMITS),
    ).rejects.toMatchObject(ending);
  });

  it('takes an image that is exactly at the limits', () => {
    const header = headerOf(pngHeaderOf({ width: 16_383, height: 16_383 }));
    expect(() => assertAcceptable(header, LIMITS.maxBytes, LIMITS)).not.toThrow();
  });

  it('refuses a file above the limit of bytes', () => {
    const ending = { code: 'too-large', detail: 'The file has 104,857,601 bytes; the limit is 104,857,600.' };
    expect(() => assertByteLength(104_857_601, LIMITS)).toThrow(expect.objectContaining(ending));
    const header = headerOf(pngHeaderOf({ width: 10, height: 10 }));
    expect(() => assertAcceptable(header, 104_857_601, LIMITS)).toThrow(expect.objectContaining(ending));
  });
});
