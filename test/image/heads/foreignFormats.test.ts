import { describe, expect, it } from 'vitest';
import { readImageHeader } from '../../../shared/image/heads/readImageHeader.ts';
import { drawMarkedAs } from '../drawnImages.ts';
import { drawTiff, withTiffTag } from '../drawnTiff.ts';

function endingOf(file: Uint8Array): { code: string; detail: string } {
  try {
    readImageHeader(file, { totalBytes: file.length });
  } catch (error) {
    return error as { code: string; detail: string };
  }
  throw new Error('nothing was thrown');
}

const at = (place: number, text: string): string => '\0'.repeat(place) + text;

describe('readImageHeader, of files of other formats', () => {
  it.each([
    ['an animated AVIF picture', '\0\0\0\x1cftypavis\0\0\0\0avifavis'],
    ['a raw file of a camera', '\0\0\0\x18ftypcrx \0\0\0\x01crx isom'],
    ['a raw file of a camera', 'IIRO\x08\0\0\0'],
    ['a raw file of a camera', 'FUJIFILMCCD-RAW 0201\0\0'],
    ['a video', '\0\0\0\x18ftypmp42\0\0\0\0'],
    ['a video', '\0\0\0\x08wide\0\0\0\0mdat'],
    ['a video', '\x1a\x45\xdf\xa3\x9f\x42\x86'],
    ['a video', 'RIFF\x10\0\0\0AVI LIST'],
    ['a sound recording', 'RIFF\x10\0\0\0WAVEfmt '],
    ['an animated cursor', 'RIFF\x10\0\0\0ACONLIST'],
    ['a Photoshop document', '8BPS\0\x01\0\0'],
    ['a JPEG XL picture', '\xff\x0a\x90\x01'],
    ['a JPEG 2000 picture', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['a JPEG XR picture', 'II\xbc\x01\x08\0\0\0'],
    ['a BMP picture', 'BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0'],
    ['an icon', '\0\0\x01\0\x01\0\x10\x10'],
    ['an icon', '\0\0\x02\0\x01\0\x20\x20'],
    ['a TGA picture', '\0\0\x02\0\0\0\0\0\0\0\0\0\x80\x02\xe0\x01\x18\x20'],
    ['a TGA picture', '\x04\0\x0b\0\0\0\0\0\0\0\0\0\x80\x02\xe0\x01\x08\0scan'],
    ['a TGA picture', '\0\x01\x01\0\0\0\x01\x18\0\0\0\0\x80\x02\xe0\x01\x08\0'],
    ['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a PostScript document or drawing', '%!PS-Adobe-3.0 EPSF-3.0\n'],
    ['a DICOM picture', at(128, 'DICM\x02\0')],
    ['a FITS picture', 'SIMPLE  =                    T / conforms'],
    ['an OpenEXR picture', '\x76\x2f\x31\x01\x02\0\0\0'],
    ['a Radiance HDR picture', '#?RADIANCE\n\0\x01\x02'],
    ['a texture of 3D graphics', 'DDS \x7c\0\0\0'],
    ['a PBM, PGM, PPM or PAM picture', 'P6\n# made by hand\n640 480\n255\n\0\0\0'],
    ['a PBM, PGM, PPM or PAM picture', 'P2\n3 2\n255\n0 1 2\n3 4 5\n'],
    ['an office document', 'PK\x03\x04\x14\0\x06\0[Content_Types].xml'],
    ['an office document', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'],
    ['a ZIP archive or an office document', 'PK\x03\x04\x14\0\0\0photo.jpg'],
    ['an archive', '\x1f\x8b\x08\0\0\0\0\0'],
    ['an archive', at(257, 'ustar\x0000')],
  ])('calls %s by its name', (name, content) => {
    const { code, detail } = endingOf(Buffer.from(content, 'latin1'));
    expect(code).toBe('unsupported-format');
    expect(detail.startsWith(`The file is ${name}, which is not supported; `)).toBe(true);
  });

  it.each(['DDS stands for dental surgery.', 'P6 is a processor.', 'ID3 tags, explained', 'BZh is a word'])(
    'takes the text "%s" for text',
    (text) => {
      expect(endingOf(Buffer.from(text))).toMatchObject({ code: 'not-an-image' });
    },
  );
});

describe('readImageHeader, of codecs that are not decoded', () => {
  const tiff = drawTiff({ values: (place) => place });

  it.each([
    [259, 50_000, 'is compressed with Zstandard'],
    [259, 34_925, 'is compressed with LZMA'],
    [259, 34_887, 'is compressed with LERC'],
    [259, 34_712, 'is compressed with JPEG 2000'],
    [259, 50_002, 'is compressed with JPEG XL'],
    [259, 6, 'is compressed with old-style JPEG'],
    [259, 34_661, 'is compressed with JBIG'],
    [259, 99, 'is compressed with method 99'],
    [258, 12, 'has samples of 12 bits'],
    [258, 64, 'has samples of 64 bits'],
    [262, 9, 'has ICC Lab colours'],
    [262, 8, 'has CIE Lab of 8 bits colours'],
    [262, 6, 'has YCbCr colours without JPEG compression'],
    [339, 6, 'has complex numbers as samples'],
    [277, 200, 'has 200 bands (the limit is 64)'],
  ])('names what a TIFF whose tag %i is %i holds', (tag, value, what) => {
    const { code, detail } = endingOf(withTiffTag(tiff, tag, value));
    expect(code).toBe('unsupported-format');
    expect(detail).toMatch(/^The TIFF file .+, which is not supported; save .+\.$/);
    expect(detail).toContain(what);
  });

  it.each([
    [{ tags: [[258, 3, [12, 12, 12]]] }, 'has samples of 12 bits'],
    [{ tags: [[258, 3, [64, 64, 64]]] }, 'has samples of 64 bits'],
    [{ photometric: 8 }, 'has CIE Lab of 8 bits colours'],
    [{ tags: [[339, 3, [6, 6, 6]]] }, 'has complex numbers as samples'],
    [
      {
        tags: [
          [284, 3, [2]],
          [322, 4, [16]],
        ],
      },
      'has tiles with one colour each',
    ],
  ] as const)('names what a TIFF of three bands with %j holds', (drawing, what) => {
    const { code, detail } = endingOf(drawTiff({ ...drawing, bands: 3, values: () => 0 }));
    expect(code).toBe('unsupported-format');
    expect(detail).toContain(what);
  });

  it.each([
    [0xc3, 'a lossless JPEG'],
    [0xc5, 'a hierarchical JPEG'],
    [0xcb, 'a lossless JPEG with arithmetic coding'],
    [0xf7, 'a JPEG-LS picture'],
  ])('names a JPEG whose frame begins with %i', async (marker, name) => {
    const jpeg = await drawMarkedAs('jpeg');
    jpeg[jpeg.indexOf('ffc0', 0, 'hex') + 1] = marker;
    expect(endingOf(jpeg)).toEqual(
      expect.objectContaining({
        code: 'unsupported-format',
        detail: `The file is ${name}, which is not supported; save it as a baseline JPEG of 8 bits, or as PNG.`,
      }),
    );
  });

  it('names a JPEG of 12 bits', async () => {
    const jpeg = await drawMarkedAs('jpeg');
    jpeg[jpeg.indexOf('ffc0', 0, 'hex') + 4] = 12;
    expect(endingOf(jpeg).detail).toContain('a JPEG of 12 bits a sample');
  });

  it.each([
    [262, 32_803],
    [259, 34_713],
  ])('takes a TIFF whose tag %i is %i for a raw file of a camera', (tag, value) => {
    expect(endingOf(withTiffTag(tiff, tag, value)).detail).toContain('a raw file of a camera');
  });
});
