import { ImageRejected } from '../errors.ts';
import { tellForeignFormat } from './foreignFormats.ts';
import { formatCount } from './formatCount.ts';
import { looksLikeText } from './looksLikeText.ts';

/** How far into a file its nature is looked for: a PDF may begin with up to 1,024 other bytes, an SVG with comments. */
const LOOKED_AT_BYTES = 4_096;

/** What a file is that begins like none of the images that we take: always an ending, with advice where there is any. */
export function rejectForeignFile(bytes: Uint8Array, totalBytes: number): ImageRejected {
  if (totalBytes === 0) return new ImageRejected('not-an-image', 'The file is empty.');

  const looked = bytes.subarray(0, LOOKED_AT_BYTES);
  const start = Buffer.from(looked).toString('latin1');
  const isText = looksLikeText(looked);
  const foreign = tellForeignFormat(start, isText);
  if (foreign !== undefined) {
    const detail = `The file is ${foreign.name}, which is not supported; ${foreign.advice}.`;
    return new ImageRejected('unsupported-format', detail);
  }
  if (isText) {
    return new ImageRejected('not-an-image', 'The file is no image: it looks like text.');
  }
  const length = totalBytes === 1 ? '1 byte begins' : `${formatCount(totalBytes)} bytes begin`;
  return new ImageRejected('not-an-image', `The file is no image that is known: its ${length} with ${inHex(looked)}.`);
}

function inHex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
