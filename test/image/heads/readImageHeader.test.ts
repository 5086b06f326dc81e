import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageRejected } from '../../../shared/errors.ts';
import type { FilePiece } from '../../../shared/image/heads/headBytes.ts';
import { FIRST_READ_BYTES, readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import type { HeaderReading, ImageHeader } from '../../../shared/image/imageHeader.ts';
import { ALL_FORMATS, drawAnimation, drawMarked, drawMarkedAs, jpegWithSegments, tiffOfPages } from '../drawnImages.ts';

/** Reads what is asked for, as from a blob; also says how many reads it took. */
function readInSteps(file: Buffer, firstBytes = FIRST_READ_BYTES): { header: ImageHeader; reads: number } {
  let head = file.subarray(0, firstBytes);
  const further: FilePiece[] = [];
  for (let reads = 1; ; reads++) {
    const reading = readImageHeader(head, { totalBytes: file.length, further });
    if (reading.kind === 'header') return { header: reading.header, reads };
    if (reading.kind === 'document') throw new Error('It is a document.');
    const { at, bytes } = reading;
    expect(bytes).toBeGreaterThan(0);
    if (at === head.length) head = file.subarray(0, at + bytes);
    else further.push({ at, bytes: file.subarray(at, at + bytes) });
  }
}

const headerOf = (file: Buffer): ImageHeader => readInSteps(file).header;

function endingOf(work: () => unknown): ImageRejected {
  try {
    work();
  } catch (error) {
    if (error instanceof ImageRejected) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const read = (file: Uint8Array): HeaderReading => readImageHeader(file, { totalBytes: file.length });

function reading(file: Buffer): ReturnType<typeof readImageHeader> {
  return readImageHeader(file, { totalBytes: file.length });
}

describe('readImageHeader', () => {
  it.each(ALL_FORMATS)('reads format and size of %s', async (format) => {
    expect(headerOf(await drawMarkedAs(format))).toMatchObject({
      format,
      width: 64,
      height: 48,
      orientation: 1,
      pages: 1,
    });
  });

  it.each(ALL_FORMATS)('agrees with the decoder about %s of odd sizes', async (format) => {
    for (const size of [
      { width: 1, height: 1 },
      { width: 17, height: 301 },
      { width: 1025, height: 3 },
    ]) {
      const file = await drawMarkedAs(format, size);
      const { width, height } = await sharp(file).metadata();
      expect({ width, height }).toEqual(size);
      expect(headerOf(file)).toMatchObject(size);
    }
  });

  it.each(
    (['png', 'jpeg', 'webp', 'tiff', 'avif'] as const).flatMap((format) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => ({ format, orientation })),
    ),
  )('knows a $format of orientation $orientation upright', async ({ format, orientation }) => {
    const file = await drawMarked().withMetadata({ orientation }).toFormat(format).toBuffer();
    const upright = (await sharp(file).metadata()).autoOrient;
    expect(headerOf(file)).toMatchObject({ ...upright, orientation, rawWidth: 64, rawHeight: 48 });
    expect(upright.width).toBe(orientation >= 5 ? 48 : 64);
  });

  it('takes an orientation that does not exist for upright', async () => {
    const file = await drawMarked().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const valueAt = file.indexOf('120103000100', 0, 'hex') + 8;
    for (const orientation of [0, 9, 255]) {
      file[valueAt] = orientation;
      expect(headerOf(file)).toMatchObject({ orientation: 1, width: 64 });
    }
  });

  it('distinguishes lossless from lossy, and plain pixels from CMYK and 16 bits', async () => {
    expect(headerOf(await drawMarkedAs('png'))).toMatchObject({ isLossless: true, isPlain: true });
    expect(headerOf(await drawMarkedAs('jpeg'))).toMatchObject({ isLossless: false, isPlain: true });
    expect(headerOf(await drawMarkedAs('webp'))).toMatchObject({ isLossless: false, isPlain: true });
    expect(headerOf(await drawMarked().webp({ lossless: true }).toBuffer())).toMatchObject({ isLossless: true });
    const withExif = drawMarked().withMetadata({ orientation: 3 }).webp({ lossless: true });
    expect(headerOf(await withExif.toBuffer())).toMatchObject({ isLossless: true, orientation: 3 });
    expect(headerOf(await drawMarked().toColourspace('cmyk').jpeg().toBuffer())).toMatchObject({ isPlain: false });
    expect(headerOf(await drawMarked().toColourspace('rgb16').png().toBuffer())).toMatchObject({ isPlain: false });
    expect(headerOf(await drawMarked().jpeg({ progressive: true }).toBuffer())).toMatchObject({
      width: 64,
      isPlain: true,
    });
  });

  // ITU-T T.81, B.1.1.2: any marker may be preceded by any number of fill bytes ff.
  it('steps over fill bytes and stray bytes before a segment of a JPEG', async () => {
    const jpeg = await drawMarkedAs('jpeg');
    const firstEnd = 4 + jpeg.readUInt16BE(4);
    for (const between of [[0xff, 0xff, 0xff], [0x00], [0xff, 0x00, 0x41]]) {
      const file = Buffer.concat([jpeg.subarray(0, firstEnd), Buffer.from(between), jpeg.subarray(firstEnd)]);
      expect(headerOf(file)).toMatchObject({ format: 'jpeg', width: 64, height: 48 });
    }
  });

  it('knows animations, also those that do not loop', async () => {
    const frames = { delay: [100, 100] };
    for (const file of [
      await drawAnimation().gif(frames).toBuffer(),
      await drawAnimation()
        .gif({ ...frames, loop: 1 })
        .toBuffer(),
      await drawAnimation().webp(frames).toBuffer(),
    ]) {
      expect(headerOf(file)).toMatchObject({ width: 40, height: 30, animated: true });
    }
    expect(headerOf(await drawMarkedAs('gif'))).toMatchObject({ animated: false });
  });

  it('knows a GIF of one frame from an animation, also where it says that it loops', async () => {
    const file = await drawMarked().gif({ loop: 0 }).toBuffer();
    expect(file.includes('NETSCAPE2.0')).toBe(true);
    expect(headerOf(file)).toMatchObject({ animated: false });
    const head = readImageHeader(file.subarray(0, file.length - 10), { totalBytes: file.length });
    expect(head).toMatchObject({ kind: 'header', header: { animated: true } });
  });

  it.each(['little', 'big'] as const)('counts the pages of a TIFF (%s endian), thumbnails not among them', (order) => {
    expect(headerOf(tiffOfPages([0], order))).toMatchObject({ width: 2, height: 3, pages: 1 });
    expect(headerOf(tiffOfPages([0, 1], order))).toMatchObject({ pages: 1 });
    expect(reading(tiffOfPages([2, 2, 2], order))).toEqual({ kind: 'document', format: 'tiff' });
  });

  it('survives a TIFF whose pages go round in a circle', () => {
    const tiff = tiffOfPages([0, 0]);
    tiff.writeUInt32LE(8, tiff.length - 10);
    expect(reading(tiff)).toEqual({ kind: 'document', format: 'tiff' });
  });

  it('needs one read for nearly every file, and two where 200 kB of segments stand before the frame', async () => {
    for (const format of ALL_FORMATS) expect(readInSteps(await drawMarkedAs(format)).reads).toBe(1);
    expect(readInSteps(await jpegWithSegments(3))).toMatchObject({ header: { width: 64 }, reads: 2 });
    expect(readInSteps(await jpegWithSegments(40)).reads).toBeLessThanOrEqual(4);
  });

  it('finds the same from any number of first bytes', async () => {
    for (const format of ALL_FORMATS) {
      const file = await drawMarked().withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
      for (const firstBytes of [1, 13, 64, 200, 500]) {
        expect(readInSteps(file, firstBytes).header).toEqual(headerOf(file));
      }
    }
  });
});

describe('readImageHeader, of what is no image', () => {
  it.each([
    ['an empty file', '', 'not-an-image', 'The file is empty.'],
    [
      'text named .png',
      'Meeting on Tuesday: bring the list.\n',
      'not-an-image',
      'The file is not an image: it looks like text.',
    ],
    [
      'text in an old code page',
      'Stra\xdfe, \xdcbung',
      'not-an-image',
      'The file is not an image: it looks like text.',
    ],
    ['text in UTF-16', '\xff\xfeH\0e\0y\0', 'not-an-image', 'The file is not an image: it looks like text.'],
    ['text in UTF-8', 'Stra\xc3\x9fe \xe2\x82', 'not-an-image', 'The file is not an image: it looks like text.'],
    [
      'an icon',
      '\0\0\x01\0\x01\0\x10\x10',
      'unsupported-format',
      'The file is an icon, which is not supported; save it as PNG.',
    ],
    [
      'a page of HTML',
      '<!doctype html><p><svg width="9"/></p>',
      'not-an-image',
      'The file is not an image: it looks like text.',
    ],
    ['one byte', '\x89', 'not-an-image', 'The file is not an image of a known format: its 1 byte begins with 89.'],
    [
      'half a PNG signature',
      '\x89PNG',
      'not-an-image',
      'The file is not an image of a known format: its 4 bytes begin with 89 50 4e 47.',
    ],
    [
      'BMP',
      'BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0',
      'unsupported-format',
      'The file is a BMP picture, which is not supported; save it as PNG or JPEG.',
    ],
    [
      'SVG',
      '<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      'unsupported-format',
      'The file is an SVG drawing, which is not supported; render it to PNG at the size in which it should be read.',
    ],
    [
      'a video',
      '\0\0\0\x20ftypisom\0\0\x02\0',
      'unsupported-format',
      'The file is a video, which is not supported; send single frames of it as JPEG or PNG.',
    ],
  ])('says what %s is', (_name, content, code, detail) => {
    const ending = endingOf(() => read(Buffer.from(content, 'latin1')));
    expect(ending).toMatchObject({ code, detail });
  });

  it('refuses a picture without pixels', async () => {
    const png = await drawMarkedAs('png');
    png.writeUInt32BE(0, 16);
    expect(endingOf(() => read(png)).detail).toBe('The PNG file is broken: its size is 0 x 48 pixels.');
  });

  it('ends within a header with a sentence', async () => {
    const jpeg = await drawMarkedAs('jpeg');
    expect(endingOf(() => read(jpeg.subarray(0, 100)))).toMatchObject({
      code: 'broken-image',
      detail: 'The JPEG file is broken: it ends after 100 bytes, within its header.',
    });
  });
});

describe('readImageHeader, of a PDF', () => {
  it('says that it is a document, also behind up to 1,024 other bytes', () => {
    expect(reading(Buffer.from('%PDF-1.7\n'))).toEqual({ kind: 'document', format: 'pdf' });
    const late = Buffer.concat([Buffer.alloc(1_000, 0x20), Buffer.from('%PDF-1.4\n'), Buffer.alloc(5_000)]);
    expect(reading(late)).toEqual({ kind: 'document', format: 'pdf' });
  });

  it('takes no file of another format for one because a PDF lies in it', () => {
    const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from('%PDF-1.4\n')]);
    expect(endingOf(() => read(zip))).toMatchObject({ code: 'unsupported-format' });
  });
});

describe('readImageHeader, of garbage', () => {
  const signatures = [
    Buffer.from('89504e470d0a1a0a', 'hex'),
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    Buffer.from('ffd8ff', 'hex'),
    Buffer.from('ffd8ffe1', 'hex'),
    Buffer.from('RIFF\x40\0\0\0WEBPVP8 ', 'latin1'),
    Buffer.from('RIFF\x40\0\0\0WEBPVP8L', 'latin1'),
    Buffer.from('RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x0a', 'latin1'),
    Buffer.from('GIF89a', 'latin1'),
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    Buffer.from('MM\0*\0\0\0\x08', 'latin1'),
    Buffer.from('II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0', 'latin1'),
    Buffer.from('\0\0\0\x14ftypavif\0\0\0\0mif1', 'latin1'),
  ];

  function isAnswer(file: Uint8Array, totalBytes: number): boolean {
    try {
      const reading = readImageHeader(file, { totalBytes });
      if (reading.kind === 'needMore') return reading.bytes > 0 && reading.at + reading.bytes <= totalBytes;
      if (reading.kind === 'document') return true;
      return reading.header.width >= 1 && reading.header.height >= 1;
    } catch (error) {
      return error instanceof ImageRejected;
    }
  }

  it('returns a header, needs more bytes or rejects, for any bytes after a signature', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...signatures),
        fc.uint8Array({ maxLength: 600 }),
        fc.nat(100_000),
        (signature, rest, missing) => {
          const file = Buffer.concat([signature, rest]);
          return isAnswer(file, file.length) && isAnswer(file, file.length + missing);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('returns a header, needs more bytes or rejects, for any changed bytes of an image', async () => {
    const files = await Promise.all(
      ALL_FORMATS.map((format) => drawMarked().withMetadata({ orientation: 6 }).toFormat(format).toBuffer()),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(800), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (file, changes) => {
          const changed = Buffer.from(file);
          for (const [at, value] of changes) changed[at % changed.length] = value;
          return isAnswer(changed, changed.length);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
