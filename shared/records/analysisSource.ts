import { createHash } from 'node:crypto';
import type { BlobSource } from '../storage/imageStore.ts';

/** Where an analysis's image came from. The source is part of the analysis id. */
export type AnalysisSource =
  | BlobSource
  /** Bytes that came with a request. */
  | { readonly kind: 'http'; readonly requestId: string };

/**
 * The id of an analysis: 32 hexadecimal digits, the same for the same image version and request. Hashed, because blob
 * names may hold what table keys forbid.
 */
export function analysisIdOf(source: AnalysisSource, requestDigest: string): string {
  const parts =
    source.kind === 'blob'
      ? ['blob', source.container, source.name, source.etag, requestDigest]
      : ['http', source.requestId];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** A readable name: the blob's name, or the id of the HTTP call. */
export function sourceName(source: AnalysisSource): string {
  return source.kind === 'blob' ? source.name : `http-${source.requestId}`;
}
