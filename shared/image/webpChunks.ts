import { createHeadBytes, type HeadBytes } from './headBytes.ts';

/** The chunks of a WEBP in order (RFC 9649, 2.4) that begin within it: type, start and end of the content. */
export function* webpChunks(head: HeadBytes, totalBytes: number): Generator<{ type: string; at: number; end: number }> {
  const fileEnd = Math.min(head.uint32(4, 'little') + 8, totalBytes);
  for (let at = 12; at + 8 <= fileEnd; ) {
    const bytes = head.uint32(at + 4, 'little');
    yield { type: head.text(at, 4), at: at + 8, end: at + 8 + bytes };
    at += 8 + bytes + (bytes % 2);
  }
}

/** A WEBP up to its last chunk that is whole, if one of them holds pixels: what stands behind them is EXIF and the like. */
export function withoutMissingChunks(bytes: Buffer): Buffer | undefined {
  let end = 0;
  let hasPixels = false;
  for (const chunk of webpChunks(createHeadBytes(bytes), bytes.length)) {
    if (chunk.end > bytes.length) break;
    end = chunk.end;
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L' || chunk.type === 'ANMF') hasPixels = true;
  }
  if (!hasPixels) return undefined;
  const trimmed = Buffer.concat([bytes.subarray(0, end), Buffer.alloc(end % 2)]);
  trimmed.writeUInt32LE(trimmed.length - 8, 4);
  return trimmed;
}
