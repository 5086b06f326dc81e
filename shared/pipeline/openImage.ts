import type { Capabilities } from '../capabilities.ts';
import { bytesInHand, type ImageBytes } from '../image/lookAtImage.ts';
import { headNamedBlob } from '../storage/headNamedBlob.ts';
import { bytesOf } from './analyzeUpload.ts';
import type { ImagePart } from './nowCall.ts';

/**
 * The bytes of an image wherever it is: of a blob as they are needed, of a URL all of them.
 *
 * @throws {NotPossible} `not-found` where there is no such blob
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
