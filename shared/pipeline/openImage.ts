import type { Capabilities } from '../capabilities.ts';
import { bytesInHand, type ImageBytes } from '../image/lookAtImage.ts';
import { headNamedBlob } from '../storage/headNamedBlob.ts';
import { bytesOf } from './analyzeUpload.ts';
import type { ImagePart } from './nowCall.ts';

/**
 * Opens an image: reads a blob in ranges as needed, and downloads a URL completely.
 *
 * @throws {NotPossible} `not-found` if the blob does not exist
 * @throws {ImageRejected} `unsafe-url`, `too-large`
 */
export async function openImage(
  image: ImagePart,
  parts: Pick<Capabilities, 'fetchImage' | 'images' | 'imagesContainer'>,
): Promise<ImageBytes> {
  switch (image.kind) {
    case 'bytes':
      return bytesInHand(image.bytes);
    case 'url':
      return bytesInHand(await parts.fetchImage(image.url));
    case 'blob':
      return bytesOf(await headNamedBlob(image.name, parts), parts);
  }
}
