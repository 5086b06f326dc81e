import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageChanged } from '../../shared/errors.ts';
import { bytesInHand, type ImageBytes, lookAtFile, lookAtImage } from '../../shared/image/lookAtImage.ts';
import { ALL_FORMATS, drawMarkedAs, jpegWithSegments, tiffOfPages } from './drawnImages.ts';

const LIMITS = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };

/** The same bytes, read as from a blob, with how many were asked for. */
function counted(bytes: Buffer): ImageBytes & { readonly asked: number[] } {
  const asked: number[] = [];
  const read: ImageBytes['read'] = async (offset, count) => {
    asked.push(count);
    return bytes.subarray(offset, offset + count);
  };
  return { ...bytesInHand(bytes), asked, read };
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

  it('reads the directory of a TIFF where it stands, and not the pixels before it', async () => {
    const tiff = await sharp({ create: { width: 1200, height: 900, channels: 3, background: '#888' } })
      .tiff({ compression: 'none' })
      .toBuffer();
    const image = counted(tiff);
    expect(await lookAtImage(image, LIMITS)).toMatchObject({ format: 'tiff', width: 1200, height: 900 });
    expect(image.asked.length).toBeLessThanOrEqual(2);
    expect(image.asked.reduce((sum, count) => sum + count, 0)).toBeLessThan(80_000);
  });

  it('finds that a TIFF is a document, without reading all of its pages where it is far away', async () => {
    const pages = tiffOfPages(Array<number>(100).fill(0), 'little', 10_000);
    expect(await lookAtFile(bytesInHand(pages), { limits: LIMITS })).toEqual({ kind: 'document', format: 'tiff' });
    const image = counted(pages);
    expect(await lookAtFile(image, { limits: LIMITS })).toEqual({ kind: 'document', format: 'tiff' });
    expect(image.asked).toHaveLength(33);
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
    const changed = async (): Promise<never> => Promise.reject(new ImageChanged('a.png'));
    const gone: ImageBytes = { totalBytes: 100, read: changed, all: changed };
    await expect(lookAtImage(gone, LIMITS)).rejects.toBeInstanceOf(ImageChanged);
  });
});
