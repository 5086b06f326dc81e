import type { PixelSize } from './sendAsItIs.ts';

/** A place in the upright image, in its pixels. */
export interface PixelBox extends PixelSize {
  readonly left: number;
  readonly top: number;
}

/** The size to send; of an image in parts the size of each, and where they lie, in the order in which they are sent. */
export interface SendTarget extends PixelSize {
  readonly boxes?: readonly PixelBox[];
}

/** Bytes as they go into a request. */
export interface SentPart {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/**
 * The first part with all others behind it. They are made one after the other, each from the file: a long image as a
 * whole would need all of its pixels in memory.
 */
export async function cutIntoParts<Image extends SentPart>(
  boxes: readonly PixelBox[],
  renderPart: (box: PixelBox) => Promise<Image>,
): Promise<Image & { readonly furtherParts: readonly SentPart[] }> {
  const [firstBox, ...otherBoxes] = boxes;
  if (!firstBox) throw new RangeError('An image in parts has at least one.');
  const first = await renderPart(firstBox);
  const furtherParts: SentPart[] = [];
  for (const box of otherBoxes) {
    const { bytes, mediaType } = await renderPart(box);
    furtherParts.push({ bytes, mediaType });
  }
  return { ...first, furtherParts };
}

/** How an image travels in a request: `toDataUrl(Buffer.from('hi'), 'image/png')` is `data:image/png;base64,aGk=`. */
export function toDataUrl(bytes: Buffer, mediaType: string): string {
  return `data:${mediaType};base64,${bytes.toString('base64')}`;
}
