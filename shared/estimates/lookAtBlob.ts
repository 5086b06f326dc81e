import type { Capabilities } from '../capabilities.ts';
import type { FileVersion } from '../documents/openedFile.ts';
import type { ImageLimits } from '../image/assertAcceptable.ts';
import { lookAtFile } from '../image/lookAtImage.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import type { GivenSize } from '../tokens/imageSize.ts';
import type { FirstReads } from './firstReads.ts';
import { pageSizes } from './pageSizes.ts';

/** Reads of more than this happen one after the other, so that many at once stay within the memory. */
const LARGE_READ_BYTES = 1024 * 1024;

export interface LookParts extends Pick<Capabilities, 'documentLimits' | 'documents'> {
  readonly limits: ImageLimits;
  readonly firstReads: FirstReads;
  /** Runs one large read at a time. */
  readonly large: <Value>(read: () => Promise<Value>) => Promise<Value>;
}

/**
 * The sizes of what would be analysed of a file: of an image after orientation, or of each page of a document. How much of it
 * to read at first is learned from those before it.
 *
 * @param blob its name's ending says what other files it is like, nothing more
 * @throws {ImageRejected} when the file cannot be analysed
 * @throws {InvalidRequest} for a document that has none of the pages that are asked for
 * @throws {ImageChanged} when its version is gone
 */
export async function lookAtBlob(
  blob: FileVersion & { readonly name: string },
  request: Pick<AnalysisRequest, 'pages' | 'parts' | 'textLayer'>,
  { limits, firstReads, large, documents, documentLimits }: LookParts,
): Promise<{ readonly isDocument: boolean; readonly sizes: readonly GivenSize[] }> {
  const { name, totalBytes } = blob;
  const read: FileVersion['read'] = (offset, count) =>
    count > LARGE_READ_BYTES ? large(() => blob.read(offset, count)) : blob.read(offset, count);
  const found = await lookAtFile({ totalBytes, read }, { limits, firstBytes: firstReads.bytesFor(name) });
  if (found.kind === 'header') {
    firstReads.note(name, found.headerBytes);
    return { isDocument: false, sizes: [{ width: found.header.width, height: found.header.height }] };
  }
  const { format } = found;
  const sizes = await large(async () =>
    pageSizes(await documents.openDocument(format, blob), request, documentLimits.maxPages),
  );
  return { isDocument: true, sizes };
}
