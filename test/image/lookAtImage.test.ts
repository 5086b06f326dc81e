import { describe, expect, it } from 'vitest';
import { bytesInHand, type ImageBytes, lookAtImage } from '../../shared/image/lookAtImage.ts';
import { ALL_FORMATS, drawMarkedAs, jpegWithSegments } from './drawnImages.ts';

const LIMITS = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };

/** The same bytes, with how many were asked for. */
function counted(bytes: Buffer): ImageBytes & { readonly asked: number[] } {
  const asked: number[] = [];
  const { head, ...rest } = bytesInHand(bytes);
  const counted = (count: number): ReturnType<typeof head> => {
    asked.push(count);
    return head(count);
  };
  return { ...rest, asked, head: counted };
}

describe('lookAtImage', () => {
  it.each(ALL_FORMATS)('finds format and size of a %s in one read', async (format) => {
    const image = counted(await drawMarkedAs(format));
    expect(await lookAtImage(image, LIMITS)).toMatchObject({ format, width: 64, height: 48 });
    expect(image.asked).toHaveLength(1);
  });

  it('reads on where the header does not end in the first 64 KiB, and not the whole file', async () => {
    const long = await jpegWithSegments(12);
    const image = counted(Buffer.concat([long, Buffer.alloc(20_000_000)]));
    expect(await lookAtImage(image, LIMITS)).toMatchObject({ format: 'jpeg', width: 64 });
    expect(image.asked.length).toBeLessThanOrEqual(3);
    expect(Math.max(...image.asked)).toBeLessThan(5_000_000);
  });

  it.each([
    ['text', Buffer.from('This is a letter.'), { code: 'not-an-image' }],
    ['nothing', Buffer.alloc(0), { code: 'not-an-image' }],
    ['a PDF', Buffer.from('%PDF-1.7 and so on'), { code: 'unsupported-format' }],
  ])('refuses %s', async (_, bytes, error) => {
    await expect(lookAtImage(bytesInHand(bytes), LIMITS)).rejects.toMatchObject(error);
  });

  it('refuses what is too large by its length alone, before any byte is read', async () => {
    const image = counted(Buffer.alloc(11));
    await expect(lookAtImage(image, { ...LIMITS, maxBytes: 10 })).rejects.toMatchObject({
      code: 'too-large',
      detail: 'The file has 11 bytes; the limit is 10.',
    });
    expect(image.asked).toEqual([]);
  });

  it('refuses too many pixels, with both numbers', async () => {
    const image = bytesInHand(await drawMarkedAs('png'));
    await expect(lookAtImage(image, { ...LIMITS, maxPixels: 3_071 })).rejects.toMatchObject({
      code: 'too-many-pixels',
      detail: 'The image has 3,072 pixels; the limit is 3,071.',
    });
  });

  it('says when this version of the image is gone', async () => {
    const gone: ImageBytes = { totalBytes: 100, head: async () => 'changed', all: async () => 'changed' };
    expect(await lookAtImage(gone, LIMITS)).toBe('changed');
  });
});
