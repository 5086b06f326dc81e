import { ImageRejected } from '../../errors.ts';

/**
 * What a TIFF may hold that the decoder (libvips over libtiff, as sharp 0.35 brings them) cannot read: recognised by its
 * tags, so that it is never called broken. Codes: TIFF 6.0, its technical notes, libtiff's `tiff.h`, and DNG 1.7.
 */

const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const SAMPLES_PER_PIXEL = 277;
const BITS_PER_SAMPLE = 258;
const SAMPLE_FORMAT = 339;
const PLANAR_CONFIGURATION = 284;
const TILE_WIDTH = 322;
const DNG_VERSION = 50_706;
const MOST_SAMPLES = 64;

/** Each has a value for every sample of a pixel, all alike in files that are read. */
export const TAGS_PER_SAMPLE: ReadonlySet<number> = new Set([BITS_PER_SAMPLE, SAMPLE_FORMAT]);

const READ_COMPRESSIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 7, 8, 32_773, 32_809, 32_946, 50_001]);

const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  9: 'JBIG',
  10: 'JBIG',
  32766: 'NeXT',
  32771: 'CCITT RLE in words',
  32908: 'Pixar film',
  32909: 'Pixar log',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  33007: 'JPEG XL',
  34661: 'JBIG',
  34676: 'SGI log',
  34677: 'SGI log',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG of DNG',
  34925: 'LZMA',
  34926: 'Zstandard',
  50000: 'Zstandard',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

const PHOTOMETRIC_NAMES: Readonly<Record<number, string>> = {
  9: 'ICC Lab',
  10: 'ITU Lab',
  32844: 'LogL',
  32845: 'LogLuv',
};

/** Compressions of raw files alone: Sony, Panasonic, Nikon, Kodak, Pentax. */
const RAW_COMPRESSIONS: ReadonlySet<number> = new Set([32_767, 32_769, 34_316, 34_713, 65_000, 65_535]);
/** Colour filter array, and what DNG makes of one. */
const RAW_PHOTOMETRICS: ReadonlySet<number> = new Set([32_803, 34_892]);

type Tags = ReadonlyMap<number, number>;

/** Whether a directory is one of a camera's raw file, whose first picture is not the one that was taken. */
export function isCameraRaw(tags: Tags): boolean {
  return (
    tags.has(DNG_VERSION) ||
    RAW_COMPRESSIONS.has(tags.get(COMPRESSION) ?? 1) ||
    RAW_PHOTOMETRICS.has(tags.get(PHOTOMETRIC) ?? 1)
  );
}

/**
 * @throws {ImageRejected} `unsupported-format`: "The TIFF file is compressed with Zstandard, which is not supported; save
 * it without compression, or as PNG or JPEG."
 */
export function assertReadableTiff(tags: Tags): void {
  const compression = tags.get(COMPRESSION) ?? 1;
  if (!READ_COMPRESSIONS.has(compression)) {
    const name = COMPRESSION_NAMES[compression] ?? `method ${compression}`;
    throw unsupported(`is compressed with ${name}`, 'save it without compression, or as PNG or JPEG');
  }
  const photometric = tags.get(PHOTOMETRIC) ?? 1;
  const bits = tags.get(BITS_PER_SAMPLE);
  const colours = PHOTOMETRIC_NAMES[photometric] ?? (photometric === 8 && bits === 8 ? 'CIE Lab of 8 bits' : undefined);
  if (colours !== undefined) throw unsupported(`has ${colours} colours`, 'save it as RGB, or as PNG or JPEG');
  // Without compression the decoder takes YCbCr for RGB.
  if (photometric === 6 && compression !== 7) {
    throw unsupported('has YCbCr colours without JPEG compression', 'save it as RGB, or as PNG or JPEG');
  }
  const samples = tags.get(SAMPLES_PER_PIXEL) ?? 1;
  if (samples > MOST_SAMPLES) {
    throw unsupported(
      `has ${samples} bands (the limit is ${MOST_SAMPLES})`,
      'save the bands to look at as one RGB image',
    );
  }
  if (samples > 1 && tags.get(PLANAR_CONFIGURATION) === 2 && tags.has(TILE_WIDTH)) {
    throw unsupported('has tiles with one colour each', 'save it in strips, or as PNG or JPEG');
  }
  const format = tags.get(SAMPLE_FORMAT) ?? 1;
  if (format === 5 || format === 6) throw unsupported('has complex numbers as samples', 'save their magnitude as PNG');
  if (bits !== undefined && !isReadDepth(bits, { format, isPalette: photometric === 3 })) {
    throw unsupported(
      `has samples of ${bits} bits${format === 3 ? ' (floating point)' : ''}`,
      'save it with 8, 16 or 32 bits a sample',
    );
  }
}

function isReadDepth(bits: number, { format, isPalette }: { format: number; isPalette: boolean }): boolean {
  if (format === 3) return bits === 16 || bits === 32;
  return [1, 2, 4, 8].includes(bits) || (!isPalette && (bits === 16 || bits === 32));
}

function unsupported(what: string, advice: string): ImageRejected {
  return new ImageRejected('unsupported-format', `The TIFF file ${what}, which is not supported; ${advice}.`);
}
