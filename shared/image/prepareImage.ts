import { ImageRejected } from '../errors.ts';
import { assertAcceptable, type ImageLimits } from './assertAcceptable.ts';
import { endsWhole } from './damage/isWhole.ts';
import { rescueImage, undecodable } from './damage/rescueImage.ts';
import { readImageHeader } from './heads/readImageHeader.ts';
import { decodeHeic } from './heic/decodeHeic.ts';
import type { ImageHeader } from './imageHeader.ts';
import type { ImageWarning } from './imageWarning.ts';
import type { SendTarget, SentPart } from './pixels/cutIntoParts.ts';
import { decodeGate, WEIGHT_OF_HEIC, WEIGHT_OF_LOSSLESS } from './pixels/decodeGate.ts';
import { canDecode, type Rendered, type Rendering, renderImage } from './pixels/renderImage.ts';
import { canSendAsItIs } from './pixels/sendAsItIs.ts';

export interface PreparedImage {
  readonly bytes: Buffer;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  readonly width: number;
  readonly height: number;
  /** False: these are the original bytes. */
  readonly changed: boolean;
  readonly warnings: readonly ImageWarning[];
  /** Of an image in parts, those behind the first, which is this; each has its size. */
  readonly furtherParts?: readonly SentPart[];
}

/** The bytes of an image that are read, once, when they are needed. */
export interface ImageFile {
  readonly totalBytes: number;
  /** @throws {ImageChanged} when its version is gone */
  readonly all: () => Promise<Buffer>;
}

interface PreparingOptions {
  /** Encodes the image again even if its bytes could be sent as they are: for a service that could not decode them. */
  readonly encodeAnew?: boolean;
}

/**
 * The image as it goes to the service. It is always decoded. An image that every decoder shows the same is sent
 * unchanged; all others are turned upright, reduced to the target (never enlarged) and encoded again. Files that wait
 * to be decoded are not held in memory.
 *
 * @param target the size to send, of the same shape as the header's; the estimate was made for it, so it is kept
 * exactly
 * @throws {ImageRejected} `broken-image` when the pixels cannot be decoded; `too-large`, `too-many-pixels`
 * @throws {ImageChanged} when its version is gone
 */
export async function prepareImage(
  file: ImageFile,
  header: ImageHeader,
  target: SendTarget,
  limits: ImageLimits,
  { encodeAnew = false }: PreparingOptions = {},
): Promise<PreparedImage> {
  assertAcceptable(header, file.totalBytes, limits);
  return inTurn(header, async () => {
    const bytes = await decodable(file, header);
    const exact = withFramesCounted(bytes, header);
    const mayStay = !encodeAnew && canSendAsItIs(exact, bytes.length, target);
    const strictly = await tryRendering(bytes, { header: exact, target, limits, forgives: 'none', mayStay });
    if (strictly.kind === 'sound') return asItIs(bytes, exact);
    if (strictly.kind === 'encoded') return changed(strictly, []);

    const { kept, warning } = await rescueImage(bytes, exact, { limits, cause: strictly.cause });
    const rendering = { header: exact, target, limits, forgives: 'any', mayStay: false } as const;
    const rescued = await tryRendering(kept, rendering);
    if (rescued.kind !== 'encoded') throw undecodable(exact, rescued.kind === 'refused' ? rescued.cause : undefined);
    return changed(rescued, [warning]);
  });
}

/**
 * Decodes an image without preparing it: for one that will wait, or for an estimate.
 *
 * @throws {ImageRejected} `broken-image` where `prepareImage` would
 * @throws {ImageChanged} when its version is gone
 */
export function checkImage(file: ImageFile, header: ImageHeader, limits: ImageLimits): Promise<void> {
  return inTurn(header, async () => {
    const bytes = await decodable(file, header);
    const opening = { header, maxPixels: limits.maxPixels, forgives: 'none' } as const;
    const isSound = endsWhole(bytes, header) && (await canDecode(bytes, opening));
    if (!isSound) await rescueImage(bytes, header, { limits, cause: undefined });
  });
}

/** Bytes that the decoder of all formats but one reads: that one is decoded before. */
async function decodable(file: ImageFile, { format }: ImageHeader): Promise<Buffer> {
  const bytes = await file.all();
  return format === 'heic' ? decodeHeic(bytes) : bytes;
}

type Tried = Rendered | { readonly kind: 'refused'; readonly cause: unknown };

async function tryRendering(bytes: Buffer, rendering: Rendering): Promise<Tried> {
  // What has no end is assessed at once: a decoder that reduces while it decodes may not look for it.
  if (rendering.forgives === 'none' && !endsWhole(bytes, rendering.header))
    return { kind: 'refused', cause: undefined };
  try {
    return await renderImage(bytes, rendering);
  } catch (cause) {
    if (cause instanceof ImageRejected) throw cause;
    return { kind: 'refused', cause };
  }
}

function asItIs(bytes: Buffer, { width, height, format }: ImageHeader): PreparedImage {
  return { bytes, mediaType: mediaTypeOf(format), width, height, changed: false, warnings: [] };
}

function changed(
  { image, warnings }: Extract<Rendered, { kind: 'encoded' }>,
  more: readonly ImageWarning[],
): PreparedImage {
  return { ...image, changed: true, warnings: [...more, ...warnings] };
}

/** Waits until there is room for an image's pixels, and keeps that room during the work. */
function inTurn<Value>(header: ImageHeader, work: () => Promise<Value>): Promise<Value> {
  const weight = header.isLossless ? WEIGHT_OF_LOSSLESS : header.format === 'heic' ? WEIGHT_OF_HEIC : 1;
  return decodeGate.run(header.rawWidth * header.rawHeight * weight, work);
}

/** A header read from a GIF's first bytes cannot know how many frames come behind them. */
function withFramesCounted(bytes: Buffer, header: ImageHeader): ImageHeader {
  if (header.format !== 'gif') return header;
  const reading = readImageHeader(bytes, { totalBytes: bytes.length });
  return reading.kind === 'header' ? reading.header : header;
}

function mediaTypeOf(format: ImageHeader['format']): PreparedImage['mediaType'] {
  if (format === 'tiff' || format === 'avif' || format === 'heic') throw new RangeError(`${format} is never sent`);
  return `image/${format}`;
}
