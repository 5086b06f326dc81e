import { createHash } from 'node:crypto';
import type { DocumentFormat } from '../image/imageHeader.ts';
import type { BlobSource } from '../storage/imageStore.ts';

/** Where an analysis's image came from. The source is part of the analysis id. */
export type AnalysisSource = FileSource | PageSource;

export type FileSource =
  | BlobSource
  /** Bytes that came with a request. */
  | { readonly kind: 'http'; readonly requestId: string };

/** One page of a document that is an analysis itself. */
export interface PageSource {
  readonly kind: 'page';
  readonly documentId: string;
  /** Counted from 1. */
  readonly page: number;
  readonly format: DocumentFormat;
  readonly of: FileSource;
}

/** Ids of analyses: 32 hexadecimal digits, and of a page its number behind them. */
export const ANALYSIS_ID = /^[0-9a-f]{32}(?:-\d{5,6})?$/;

/** `pageIdOf('4f…', 3)` is `4f…-00003`: the pages of a document stand behind it in its partition, in their order. */
export function pageIdOf(documentId: string, page: number): string {
  return `${documentId}-${String(page).padStart(5, '0')}`;
}

/** `pageOfId('4f…-00003')` is `{ documentId: '4f…', page: 3 }`; undefined for the id of any other analysis. */
export function pageOfId(id: string): { readonly documentId: string; readonly page: number } | undefined {
  const [documentId = '', page] = id.split('-');
  return page === undefined ? undefined : { documentId, page: Number(page) };
}

/**
 * The id of an analysis: 32 hexadecimal digits, the same for the same image version and request. Hashed, because blob
 * names may hold what table keys forbid.
 */
export function analysisIdOf(source: AnalysisSource, requestDigest: string): string {
  if (source.kind === 'page') return pageIdOf(source.documentId, source.page);
  const parts =
    source.kind === 'blob'
      ? ['blob', source.container, source.name, source.etag, requestDigest]
      : ['http', source.requestId];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** A readable name: the blob's name, or the id of the HTTP call; of a page with its number, `contract.pdf#page=3`. */
export function sourceName(source: AnalysisSource): string {
  if (source.kind === 'page') return `${sourceName(source.of)}#page=${source.page}`;
  return source.kind === 'blob' ? source.name : `http-${source.requestId}`;
}
