import { formatCount, ImageRejected } from '../../errors.ts';
import { foreignFormatOf } from './foreignFormats.ts';

/** How far into a file its nature is looked for: a PDF may begin with up to 1,024 other bytes, an SVG with comments. */
const LOOKED_AT_BYTES = 4_096;

/**
 * Whether a file is a PDF: its mark is within the first 1,024 bytes (ISO 32000-1, implementation note 13), and it is nothing
 * that holds a PDF by chance.
 */
export function isPdf(bytes: Uint8Array): boolean {
  const looked = bytes.subarray(0, LOOKED_AT_BYTES);
  const start = Buffer.from(looked).toString('latin1');
  return start.slice(0, 1_024).includes('%PDF-') && foreignFormatOf(start, looksLikeText(looked)) === undefined;
}

/** The error for a file that is not an accepted image, with advice if there is any. */
export function rejectForeignFile(bytes: Uint8Array, totalBytes: number): ImageRejected {
  if (totalBytes === 0) return new ImageRejected('not-an-image', 'The file is empty.');

  const looked = bytes.subarray(0, LOOKED_AT_BYTES);
  const start = Buffer.from(looked).toString('latin1');
  const isText = looksLikeText(looked);
  const foreign = foreignFormatOf(start, isText);
  if (foreign !== undefined) {
    const detail = `The file is ${foreign.name}, which is not supported; ${foreign.advice}.`;
    return new ImageRejected('unsupported-format', detail);
  }
  if (isText) {
    return new ImageRejected('not-an-image', 'The file is not an image: it looks like text.');
  }
  const length = totalBytes === 1 ? '1 byte begins' : `${formatCount(totalBytes)} bytes begin`;
  return new ImageRejected(
    'not-an-image',
    `The file is not an image of a known format: its ${length} with ${inHex(looked)}.`,
  );
}

function inHex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What text holds besides letters: tab to carriage return, and escape (colours of a terminal). */
const isControl = (byte: number): boolean => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b;

/** Old code pages write few letters with high bytes; random bytes are half of them high. */
const LEAST_ASCII_SHARE = 0.75;

/** Whether bytes read as text: UTF-16 with its mark, or no control characters and nearly all ASCII, or UTF-8. */
function looksLikeText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  if (bytes.length === 0 || bytes.some(isControl)) return false;
  const asciiBytes = bytes.reduce((count, byte) => count + (byte < 0x80 ? 1 : 0), 0);
  return asciiBytes > bytes.length * LEAST_ASCII_SHARE || isUtf8(bytes);
}

/** A letter that is cut at the end is no fault. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }).length > 0;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
