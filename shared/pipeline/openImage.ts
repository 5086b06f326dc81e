import type { Capabilities } from '../capabilities.ts';
import { type FileVersion, heldFile } from '../documents/openedFile.ts';
import { headNamedBlob } from '../storage/headNamedBlob.ts';
import { fileOf } from './analyzeUpload.ts';
import type { ImagePart } from './nowCall.ts';

/**
 * Opens an image: reads a blob in ranges as needed, and downloads a URL completely.
 *
 * @throws {NotPossible} `not-found` if the blob does not exist
 * @throws {ImageRejected} `unsafe-url`, `too-large`
 */
export async function openImage(
  image: ImagePart,
  parts: Pick<Capabilities, 'fetchImage' | 'images' | 'imagesContainer' | 'newId'>,
): Promise<FileVersion> {
  switch (image.kind) {
    case 'bytes':
      return heldFile(image.bytes, parts.newId());
    case 'url':
      return heldFile(await parts.fetchImage(image.url), parts.newId());
    case 'blob':
      return fileOf(await headNamedBlob(image.name, parts), parts);
  }
}
