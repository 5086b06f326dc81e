const extension = 0x21;
const image = 0x2c;

/**
 * Whether a GIF has a second frame: the service takes only those without animation (Portkey error library, azure-openai
 * 10016, read on 2026-11-30). Bytes that end too early have the frames that came before.
 *
 * Source of the format: GIF89a (CompuServe, 1990-07-31).
 */
export function isAnimatedGif(bytes: Buffer): boolean {
  if (!/^GIF8[79]a/.test(bytes.toString('latin1', 0, 6))) return false;
  let frames = 0;
  let at = 13 + colourTableBytes(bytes[10]);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === extension) {
      at = afterSubBlocks(bytes, at + 2);
    } else if (block === image) {
      frames += 1;
      if (frames === 2) return true;
      at = afterSubBlocks(bytes, at + 11 + colourTableBytes(bytes[at + 9]));
    } else {
      return false;
    }
  }
  return false;
}

function colourTableBytes(flags = 0): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Each sub-block begins with its length; one of length 0 ends them. */
function afterSubBlocks(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  return at;
}
