import { parentPort, workerData } from 'node:worker_threads';
import { boundWasmMemory, type WasmThreadData } from '../../concurrency/boundWasmMemory.ts';
import { once } from '../../concurrency/once.ts';
import { type HeifHandle, type Libheif, loadLibheif } from './libheif.ts';
import { plainTiff } from './plainTiff.ts';

/** The thread in which HEIC is decoded: what a hostile file does to it, the process survives. */

export type HeicReply =
  | { readonly kind: 'done'; readonly tiff: Uint8Array; readonly heldBytes: number }
  | { readonly kind: 'refused' };

boundWasmMemory((workerData as WasmThreadData).mostBytes);
const libheif = once(loadLibheif);

parentPort?.on('message', (bytes: Uint8Array) => {
  const reply = decode(libheif(), bytes);
  parentPort?.postMessage(reply, reply.kind === 'done' ? [reply.tiff.buffer as ArrayBuffer] : []);
});

/** The main picture, upright. */
function decode(heif: Libheif, bytes: Uint8Array): HeicReply {
  const context = heif.heif_context_alloc();
  try {
    const read = heif.heif_context_read_from_memory(context, bytes);
    if (read.code !== heif.heif_error_code.heif_error_Ok) return { kind: 'refused' };
    const handle = heif.heif_js_context_get_primary_image_handle(context);
    if (handle.code !== undefined) return { kind: 'refused' };
    try {
      const tiff = decodePicture(heif, handle);
      return tiff ? { kind: 'done', tiff, heldBytes: heif.HEAPU8.byteLength } : { kind: 'refused' };
    } finally {
      heif.heif_image_handle_release(handle);
    }
  } finally {
    heif.heif_context_free(context);
  }
}

function decodePicture(heif: Libheif, handle: HeifHandle): Uint8Array | undefined {
  const { heif_chroma_interleaved_RGB, heif_chroma_interleaved_RGBA } = heif.heif_chroma;
  const channels = heif.heif_image_handle_has_alpha_channel(handle) === 0 ? 3 : 4;
  const chroma = channels === 3 ? heif_chroma_interleaved_RGB : heif_chroma_interleaved_RGBA;
  const decoded = heif.heif_js_decode_image2(handle, heif.heif_colorspace.heif_colorspace_RGB, chroma);
  if (decoded.code !== undefined) return undefined;
  try {
    const { width, height } = decoded;
    const rows = decoded.channels[0];
    return rows && plainTiff({ width, height, channels, ...rows }, profileOf(heif, handle));
  } finally {
    heif.heif_image_release(decoded.image);
  }
}

/** More than a profile of colours has; it would be read as one otherwise. */
const MOST_PROFILE_BYTES = 16 * 2 ** 20;
const ERROR_BYTES = 16;

/** Its ICC profile; empty where it has none, or its colours are named by numbers only. */
function profileOf(heif: Libheif, { $$: { ptr } }: HeifHandle): Uint8Array {
  const bytes = heif._heif_image_handle_get_raw_color_profile_size(ptr);
  if (bytes === 0 || bytes > MOST_PROFILE_BYTES) return new Uint8Array();
  const place = heif._malloc(ERROR_BYTES + bytes);
  if (place === 0) return new Uint8Array();
  heif._heif_image_handle_get_raw_color_profile(place, ptr, place + ERROR_BYTES);
  const profile = heif.HEAPU8.slice(place + ERROR_BYTES, place + ERROR_BYTES + bytes);
  heif._free(place);
  return profile;
}
