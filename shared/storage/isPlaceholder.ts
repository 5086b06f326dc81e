/** What HEAD and a listing say of a blob, as far as it matters here. */
interface BlobFacts {
  readonly name: string;
  readonly bytes: number;
  /** Keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface BlobStates {
  readonly blobType?: string | undefined;
  readonly copyStatus?: string | undefined;
}

/**
 * Whether a blob of zero bytes stands for something that is not a file:
 *
 * - the marker of a folder: metadata `hdi_isfolder`, as accounts with a hierarchical namespace list their directories, or a
 *   name that ends in `/`, as some tools write it (Microsoft Learn, "List Blobs", 2026-11);
 * - an append blob before its first append;
 * - the target of a copy that has not ended ("Copy Blob": a block blob is created empty before its content comes).
 *
 * @example
 * isPlaceholder({ name: 'scans', bytes: 0, metadata: { hdi_isfolder: 'true' } }, {}) // true
 */
export function isPlaceholder({ name, bytes, metadata }: BlobFacts, { blobType, copyStatus }: BlobStates): boolean {
  if (bytes > 0) return false;
  if (metadata.hdi_isfolder?.toLowerCase() === 'true' || name.endsWith('/')) return true;
  return blobType === 'AppendBlob' || copyStatus === 'pending';
}
