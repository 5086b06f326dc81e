import type { StoredImage } from '../imageHeader.ts';
import type { HeadBytes } from './headBytes.ts';
import { describeHeif, readHeifPicture } from './heifPicture.ts';

/** AVIF 1.2 (AOMedia): a HEIF file whose main picture is coded as AV1. */
export function readAvifHeader(head: HeadBytes): StoredImage {
  const picture = readHeifPicture(head, describeHeif(head, 'AVIF'));
  return { format: 'avif', ...picture, animated: isSequence(head), isLossless: false, isPlain: false };
}

function isSequence(head: HeadBytes): boolean {
  return head.text(8, 4) === 'avis';
}
