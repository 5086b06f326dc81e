import type sharp from 'sharp';
import type { Metadata, ResizeOptions } from 'sharp';
import { ImageRejected } from '../errors.ts';
import type { ImageLimits } from './assertAcceptable.ts';
import { assertAcceptable } from './assertAcceptable.ts';
import { brokenImage } from './brokenImage.ts';
import { cutIntoParts, type PixelBox, type SendTarget, type SentPart } from './cutIntoParts.ts';
import { createDecodeGate } from './decodeGate.ts';
import { encodeForService } from './encodeForService.ts';
import type { ImageHeader } from './imageHeader.ts';
import { isWhole } from './isWhole.ts';
import { readImageHeader } from './readImageHeader.ts';
import { canSendAsItIs, type PixelSize } from './sendAsItIs.ts';

export interface ImageWarning {
  readonly code: 'first-frame' | 'colours-converted' | 'depth-reduced';
  readonly detail: string;
}

export interface PreparedImage {
  readonly bytes: Buffer;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  readonly width: number;
  readonly height: number;
  /** False: these are the bytes that came. */
  readonly changed: boolean;
  readonly warnings: readonly ImageWarning[];
  /** Of an image in parts, those behind the first, which is this; each has its size. */
  readonly furtherParts?: readonly SentPart[];
}

/** The bytes of an image that are read, once, when they are needed; `changed`: its version is gone. */
export interface ImageFile {
  readonly totalBytes: number;
  readonly all: () => Promise<Buffer | 'changed'>;
}

/** Two photos of 12 megapixels at once, or one larger picture. */
const PIXELS_DECODED_AT_ONCE = 25_000_000;
/** What was stored without loss is held decoded, to be encoded as PNG and perhaps as JPEG. */
const WEIGHT_OF_LOSSLESS = 3;

const decodeGate = createDecodeGate(PIXELS_DECODED_AT_ONCE);

/**
 * The image as it goes to the service: the bytes that came where they can be sent as they are, else decoded, turned
 * upright, reduced to the target (never enlarged) and encoded again. What must be decoded is read when its turn has come:
 * files that wait for theirs are not held in memory.
 *
 * @param mustEncode the service has refused the bytes that came, which are then decoded and encoded whatever they are
 * @param target the size to send, of the same shape as the header's; the estimate was made for it, so it is kept exactly
 * @throws {ImageRejected} `broken-image` when the pixels cannot be decoded; `too-large`, `too-many-pixels`
 */
export async function prepareImage(
  file: ImageFile,
  header: ImageHeader,
  target: SendTarget,
  limits: ImageLimits,
  mustEncode = false,
): Promise<PreparedImage | 'changed'> {
  assertAcceptable(header, file.totalBytes, limits);
  if (mustEncode || !canSendAsItIs(header, file.totalBytes, target)) {
    return inTurn(header, async () => {
      const bytes = await file.all();
      if (bytes === 'changed') return bytes;
      const exact = withFramesCounted(bytes, header);
      const unchanged = mustEncode ? undefined : asItIs(bytes, exact, target);
      return unchanged ?? renderAll(bytes, { header: exact, target, limits });
    });
  }
  const bytes = await file.all();
  if (bytes === 'changed') return bytes;
  const exact = withFramesCounted(bytes, header);
  return asItIs(bytes, exact, target) ?? inTurn(exact, () => renderAll(bytes, { header: exact, target, limits }));
}

function asItIs(bytes: Buffer, header: ImageHeader, target: PixelSize): PreparedImage | undefined {
  if (!canSendAsItIs(header, bytes.length, target) || !isWhole(bytes, header.format)) return undefined;
  const { width, height, format } = header;
  return { bytes, mediaType: mediaTypeOf(format), width, height, changed: false, warnings: [] };
}

/** Waits until there is room for an image's pixels, and holds it while the work runs. */
function inTurn<Value>({ rawWidth, rawHeight, isLossless }: ImageHeader, work: () => Promise<Value>): Promise<Value> {
  return decodeGate.run(rawWidth * rawHeight * (isLossless ? WEIGHT_OF_LOSSLESS : 1), work);
}

/** A header read from a GIF's first bytes cannot know how many frames come behind them. */
function withFramesCounted(bytes: Buffer, header: ImageHeader): ImageHeader {
  if (header.format !== 'gif') return header;
  const reading = readImageHeader(bytes, { totalBytes: bytes.length });
  return reading.kind === 'header' ? reading.header : header;
}

interface Rendering {
  readonly header: ImageHeader;
  readonly target: SendTarget;
  readonly limits: ImageLimits;
}

function renderAll(bytes: Buffer, rendering: Rendering): Promise<PreparedImage> {
  const { boxes } = rendering.target;
  return boxes ? cutIntoParts(boxes, (box) => render(bytes, rendering, box)) : render(bytes, rendering);
}

async function render(bytes: Buffer, { header, target, limits }: Rendering, box?: PixelBox): Promise<PreparedImage> {
  const load = await loadSharp();
  try {
    const input = load(bytes, { limitInputPixels: limits.maxPixels, sequentialRead: true, failOn: 'error', pages: 1 });
    const stored = await input.metadata();
    const upright = box ? input.autoOrient().extract(box) : input.autoOrient();
    const picture = upright.resize(resizingTo(target, { header, stored })).toColourspace('srgb');
    const encoded = await encodeForService(load, picture, { isLossless: header.isLossless });
    return { ...encoded, changed: true, warnings: warningsOf(header, stored) };
  } catch (error) {
    if (error instanceof ImageRejected) throw error;
    throw brokenImage(header.format.toUpperCase(), 'its pixels cannot be decoded', error);
  }
}

/** Where the decoder finds another size or turn than the header gave (odd files), the picture keeps its own shape. */
function resizingTo(target: PixelSize, facts: { header: ImageHeader; stored: Metadata }): ResizeOptions {
  const { header, stored } = facts;
  const agree = stored.autoOrient.width === header.width && stored.autoOrient.height === header.height;
  return {
    width: Math.min(target.width, header.width),
    height: Math.min(target.height, header.height),
    fit: agree ? 'fill' : 'inside',
    withoutEnlargement: true,
  };
}

function warningsOf(header: ImageHeader, stored: Metadata): readonly ImageWarning[] {
  const warnings: ImageWarning[] = [];
  if (header.animated) {
    warnings.push({ code: 'first-frame', detail: 'The image is an animation; its first frame was analysed.' });
  }
  if (stored.space === 'cmyk') {
    warnings.push({ code: 'colours-converted', detail: 'The image is in CMYK; it was converted to sRGB.' });
  }
  if (stored.depth !== 'uchar') {
    warnings.push({ code: 'depth-reduced', detail: 'The image has more than 8 bits a channel; it was reduced to 8.' });
  }
  return warnings;
}

function mediaTypeOf(format: ImageHeader['format']): PreparedImage['mediaType'] {
  if (format === 'tiff' || format === 'avif') throw new RangeError(`${format} is never sent`);
  return `image/${format}`;
}

let loading: Promise<typeof sharp> | undefined;

/** Loaded when the first image must be changed: most need not be, and a cold start does not pay for it. */
function loadSharp(): Promise<typeof sharp> {
  loading ??= import('sharp').then(
    ({ default: load }) => {
      // No image comes twice, and one thread an image: images run side by side already, and every thread holds buffers.
      load.cache(false);
      load.concurrency(1);
      return load;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
