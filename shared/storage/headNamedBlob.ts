import { NotPossible } from '../errors.ts';
import type { BlobVersion, ImageStore } from './imageStore.ts';

/**
 * The blob of the images container that a caller named, as it is now.
 *
 * @throws {NotPossible} `not-found`
 */
export async function headNamedBlob(
  name: string,
  parts: { readonly images: Pick<ImageStore, 'head'>; readonly imagesContainer: string },
): Promise<BlobVersion> {
  const version = await parts.images.head({ container: parts.imagesContainer, name });
  if (version) return version;
  throw new NotPossible('not-found', `There is no blob ${name} in the container ${parts.imagesContainer}.`);
}
