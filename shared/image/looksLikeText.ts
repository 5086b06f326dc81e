/** What text holds besides letters: tab to carriage return, and escape (colours of a terminal). */
const isControl = (byte: number): boolean => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b;

/** Old code pages write few letters with high bytes; random bytes are half of them high. */
const LEAST_ASCII_SHARE = 0.75;

/** Whether bytes read as text: UTF-16 with its mark, or no control characters and nearly all ASCII, or UTF-8. */
export function looksLikeText(bytes: Uint8Array): boolean {
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
