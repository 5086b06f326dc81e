import type { ImageLimits } from '../image/assertAcceptable.ts';
import { findHeader, type ImageBytes } from '../image/lookAtImage.ts';
import type { ImageSize } from '../tokens/imageSize.ts';
import type { FirstReads } from './firstReads.ts';

/** Reads of more than this happen one after the other, so that many at once stay within the memory. */
const LARGE_READ_BYTES = 1024 * 1024;

export interface LookParts {
  readonly limits: ImageLimits;
  readonly firstReads: FirstReads;
  /** Runs one large read at a time. */
  readonly large: <Value>(read: () => Promise<Value>) => Promise<Value>;
}

/**
 * The size of an image after orientation; how much of it to read at first is learned from those before it.
 *
 * @param blob its name's ending says what other files it is like, nothing more
 * @throws {ImageRejected} when the image cannot be analysed
 * @throws {ImageChanged} when its version is gone
 */
export async function lookAtBlob(
  blob: Pick<ImageBytes, 'totalBytes' | 'read'> & { readonly name: string },
  { limits, firstReads, large }: LookParts,
): Promise<ImageSize> {
  const { name, totalBytes } = blob;
  const read: ImageBytes['read'] = (offset, count) =>
    count > LARGE_READ_BYTES ? large(() => blob.read(offset, count)) : blob.read(offset, count);
  const found = await findHeader({ totalBytes, read }, { limits, firstBytes: firstReads.bytesFor(name) });
  firstReads.note(name, found.headerBytes);
  return { width: found.header.width, height: found.header.height };
}
