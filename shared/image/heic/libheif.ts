import { createRequire } from 'node:module';

/**
 * What is called of libheif (heif.h), as WebAssembly; it finds its `.wasm` beside itself. It is under the LGPL: it lies beside
 * the app as it was published, so that it can be replaced or left out.
 */
export interface Libheif {
  readonly HEAPU8: Uint8Array;
  readonly heif_error_code: { readonly heif_error_Ok: object };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: object };
  readonly heif_chroma: Readonly<Record<'heif_chroma_interleaved_RGB' | 'heif_chroma_interleaved_RGBA', object>>;
  heif_context_alloc(): object;
  heif_context_free(context: object): void;
  heif_context_read_from_memory(context: object, bytes: Uint8Array): HeifError;
  heif_js_context_get_primary_image_handle(context: object): HeifHandle | HeifError;
  heif_image_handle_has_alpha_channel(handle: HeifHandle): number;
  heif_image_handle_release(handle: HeifHandle): void;
  /** Turned and cropped, 8 bits a channel. The rows lie in libheif's memory. */
  heif_js_decode_image2(handle: HeifHandle, space: object, chroma: object): HeifDecoded | HeifError;
  heif_image_release(image: object): void;
  _heif_image_handle_get_raw_color_profile_size(pointer: number): number;
  /** The first argument points to the error that it writes. */
  _heif_image_handle_get_raw_color_profile(error: number, pointer: number, profile: number): void;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

export interface HeifHandle {
  readonly $$: { readonly ptr: number };
  readonly code?: undefined;
}

interface HeifError {
  readonly code: object;
}

interface HeifDecoded {
  readonly code?: undefined;
  readonly image: object;
  readonly width: number;
  readonly height: number;
  readonly channels: readonly { readonly stride: number; readonly data: Uint8Array }[];
}

const LIBRARY = 'libheif-js/libheif-wasm/libheif.js';

/** Whether it is there: an app can be packaged without it. */
export function hasLibheif(): boolean {
  try {
    createRequire(import.meta.url).resolve(LIBRARY);
    return true;
  } catch {
    return false;
  }
}

/** Its own messages are dropped. */
export function loadLibheif(): Libheif {
  const start = createRequire(import.meta.url)(LIBRARY) as (options: object) => Libheif;
  return start({ print: () => undefined, printErr: () => undefined });
}
