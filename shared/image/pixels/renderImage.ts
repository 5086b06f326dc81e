import type sharp from 'sharp';
import type { Metadata, ResizeOptions, Sharp } from 'sharp';
import type { ImageLimits } from '../assertAcceptable.ts';
import { readTiffFacts } from '../heads/tiffFacts.ts';
import type { ImageHeader } from '../imageHeader.ts';
import type { ImageWarning } from '../imageWarning.ts';
import { isOpaque } from './alphaBackground.ts';
import { cutIntoParts, type PixelBox, type SendTarget, type SentPart } from './cutIntoParts.ts';
import { type EncodedImage, encodeForService } from './encodeForService.ts';
import { type ProfileKind, profileKind } from './iccProfile.ts';
import { type Forgiveness, loadSharp, type Opening, openPicture } from './loadSharp.ts';
import { scaleSamples } from './scaleSamples.ts';
import { decodeRaw, laidOn, seeThrough } from './seeThrough.ts';
import type { PixelSize } from './sendAsItIs.ts';
import { withGrayProfile } from './withGrayProfile.ts';

export interface Rendering {
  readonly header: ImageHeader;
  readonly target: SendTarget;
  readonly limits: ImageLimits;
  readonly forgives: Forgiveness;
  /** The bytes that came may be sent, if their pixels and colours are sound. */
  readonly mayStay: boolean;
}

export type Rendered =
  /** Decoded to the last pixel, opaque and sRGB: every decoder shows the same. */
  | { readonly kind: 'sound' }
  | { readonly kind: 'encoded'; readonly image: EncodedParts; readonly warnings: readonly ImageWarning[] };

/** Of an image in parts the first, with the others behind it. */
type EncodedParts = EncodedImage & { readonly furtherParts?: readonly SentPart[] };

/** Decodes an image; then turns it upright, cuts and reduces it, lays it on a colour if it is transparent, and encodes it. */
export async function renderImage(bytes: Buffer, rendering: Rendering): Promise<Rendered> {
  const { header, target, limits, forgives } = rendering;
  const load = await loadSharp();
  const opening = { header, maxPixels: limits.maxPixels, forgives };
  const stored = await openPicture(load, bytes, opening).metadata();
  const profile = stored.icc === undefined ? undefined : profileKind(stored.icc, stored.space);
  if (rendering.mayStay && (profile === undefined || profile.kind === 'srgb')) {
    const decoded = await decodeRaw(openPicture(load, bytes, opening));
    if (decoded.info.channels !== 4 || isOpaque({ pixels: decoded.data })) return { kind: 'sound' };
  }
  const tiff = header.format === 'tiff' ? readTiffFacts(bytes, header.page) : undefined;
  const scaled = await scaleSamples(load, bytes, { opening, stored, tiff });
  const open = scaled.open ?? (await withGrayProfile(load, bytes, { opening, stored, profile }));
  const upright = (): Sharp => open?.() ?? openPicture(load, bytes, opening).autoOrient();
  const isSeenThrough = stored.hasAlpha && scaled.open === undefined;
  const { image, warnings: more } = await encode({ load, header, stored, target, upright, isSeenThrough });
  const isScaled = scaled.warnings.some(({ code }) => code === 'samples-scaled');
  const warnings = [...warningsOf(header, stored, { profile, isScaled }), ...scaled.warnings, ...more];
  return { kind: 'encoded', image, warnings };
}

/** Whether all pixels of a file can be decoded, as far as `forgives` allows; they are looked at in half of their size. */
export async function canDecode(
  bytes: Buffer,
  opening: Omit<Opening, 'header'> & { readonly header: ImageHeader },
): Promise<boolean> {
  const load = await loadSharp();
  const { rawWidth, rawHeight } = opening.header;
  // Further reduced, the decoder of JPEG no longer looks for the end.
  const size = { width: Math.ceil(rawWidth / 2), height: Math.ceil(rawHeight / 2), fit: 'fill' as const };
  try {
    await openPicture(load, bytes, opening).resize(size).raw().toBuffer();
    return true;
  } catch {
    return false;
  }
}

interface Picture {
  readonly load: typeof sharp;
  readonly header: ImageHeader;
  readonly stored: Metadata;
  readonly target: SendTarget;
  readonly upright: () => Sharp;
  readonly isSeenThrough: boolean;
}

interface Encoded {
  readonly image: EncodedParts;
  readonly warnings: readonly ImageWarning[];
}

async function encode(picture: Picture): Promise<Encoded> {
  const { load, header, target, upright, isSeenThrough } = picture;
  const { isLossless } = header;
  const resizing = resizingTo(target, picture);
  if (target.boxes === undefined) {
    const reduced = upright().resize(resizing).toColourspace('srgb');
    const seen = isSeenThrough ? await seeThrough(load, reduced, header) : undefined;
    const image = await encodeForService(load, seen ? laidOn(seen.picture, seen) : reduced, { isLossless });
    return { image, warnings: seen?.warnings ?? [] };
  }
  // All parts are laid on one colour, which the whole decides.
  const small = { width: WHOLE_SIDE, height: WHOLE_SIDE, fit: 'inside' as const, withoutEnlargement: true };
  const seen = isSeenThrough
    ? await seeThrough(load, upright().resize(small).toColourspace('srgb'), header)
    : undefined;
  const image = await cutIntoParts(target.boxes, (box) => {
    const part = upright().extract(fittedBox(box, picture)).resize(resizing).toColourspace('srgb');
    return encodeForService(load, seen ? laidOn(part, seen) : part, { isLossless });
  });
  return { image, warnings: seen?.warnings ?? [] };
}

/** Longest side at which the colour behind an image in parts is decided. */
const WHOLE_SIDE = 2_000;

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

/** A box of the header's size in a picture of which the decoder found another one. */
function fittedBox({ left, top, width, height }: PixelBox, { header, stored }: Picture): PixelBox {
  const { width: foundWidth, height: foundHeight } = stored.autoOrient;
  const [across, down] = [foundWidth / header.width, foundHeight / header.height];
  const fitted = { left: Math.floor(left * across), top: Math.floor(top * down) };
  return {
    ...fitted,
    width: Math.min(Math.ceil(width * across), foundWidth - fitted.left),
    height: Math.min(Math.ceil(height * down), foundHeight - fitted.top),
  };
}

function warningsOf(
  header: ImageHeader,
  stored: Metadata,
  facts: { readonly profile: ProfileKind | undefined; readonly isScaled: boolean },
): readonly ImageWarning[] {
  const warnings: ImageWarning[] = [];
  if (header.animated) {
    warnings.push({ code: 'first-frame', detail: 'The image is an animation; its first frame was analysed.' });
  }
  if (stored.space === 'cmyk') {
    warnings.push({ code: 'colours-converted', detail: 'The image is in CMYK; it was converted to sRGB.' });
  } else if (stored.space === 'labs') {
    warnings.push({ code: 'colours-converted', detail: 'The image is in CIE Lab; it was converted to sRGB.' });
  } else if (facts.profile?.kind === 'other' && !facts.isScaled) {
    const detail = `The image has the colour profile "${facts.profile.name}"; it was converted to sRGB.`;
    warnings.push({ code: 'colours-converted', detail });
  }
  if (facts.profile?.kind === 'broken' || facts.profile?.kind === 'unfit') {
    const why = facts.profile.kind === 'broken' ? 'is damaged' : 'is for another kind of colours than it has';
    const detail = `The colour profile of the image ${why}; it was left out, so that colours may differ.`;
    warnings.push({ code: 'profile-ignored', detail });
  }
  if (stored.depth !== 'uchar' && !facts.isScaled) {
    warnings.push({ code: 'depth-reduced', detail: 'The image has more than 8 bits a channel; it was reduced to 8.' });
  }
  return warnings;
}
