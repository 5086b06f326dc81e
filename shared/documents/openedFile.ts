import type { AnalysisImage } from '../image/analysisImage.ts';
import type { DocumentFormat } from '../image/imageHeader.ts';
import { bytesInHand, type ImageBytes } from '../image/lookAtImage.ts';

/** A file of pages, each of which becomes an analysis. Pages are counted from 1. */
export interface OpenedDocument {
  readonly kind: 'document';
  readonly format: DocumentFormat;
  readonly totalBytes: number;
  readonly pages: number;
  /**
   * Sizes of pages in pixels, without drawing any: of a PDF at the resolution that counts as its own.
   *
   * @throws {ImageRejected} for a page that cannot be analysed
   */
  readonly sizeOf: (page: number) => Promise<{ readonly width: number; readonly height: number }>;
  readonly openPage: (page: number) => Promise<AnalysisImage>;
  /** SHA-256 of the whole file. */
  readonly digest: () => Promise<string>;
}

export type OpenedFile = { readonly kind: 'image'; readonly image: AnalysisImage } | OpenedDocument;

/** Bytes that are here already. @param key unique */
export function heldFile(bytes: Buffer, key: string): FileVersion {
  return { key, ...bytesInHand(bytes) };
}

/** A version of a file, as it may be read again and again; `key` is the same for the same bytes. */
export interface FileVersion extends ImageBytes {
  readonly key: string;
}
