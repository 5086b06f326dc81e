import type { AppError } from '../errors.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';
import type { RequestDefaults } from '../requests/resolveRequest.ts';
import { requestOfUpload, type UploadOverrides } from '../requests/uploadRequest.ts';
import { type BlobVersion, sourceOf } from '../storage/imageStore.ts';
import type { QueuedRecord } from './analysisRecord.ts';
import { analysisIdOf } from './analysisSource.ts';
import { newAnalysis } from './analysisSteps.ts';

interface Terms {
  readonly defaults: RequestDefaults;
  readonly nowMs: number;
}

/**
 * A new analysis of a blob's version; the same id as the one that the upload itself made for this request. The upload's
 * request, for whatever task, has the plain name of results; any other has one of its own beside it.
 */
export function analysisOfBlob(version: BlobVersion, request: AnalysisRequest, terms: Terms): QueuedRecord {
  const fresh = newAnalysis(sourceOf(version), request, terms.nowMs);
  const uploads = requestOfUpload(version, terms.defaults, { task: request.task }).request;
  return requestDigest(uploads) === requestDigest(request) ? fresh : { ...fresh, isAside: true };
}

/**
 * A new analysis as the dropped file asks for it; where what it says is wrong, with the problem. Such a refusal is one of
 * its own for each version: the request that stands in for the wrong one may still be asked by others.
 */
export function analysisOfUpload(
  version: BlobVersion,
  terms: Terms & { readonly overrides?: UploadOverrides },
): { readonly fresh: QueuedRecord; readonly problem?: AppError } {
  const { request, problem } = requestOfUpload(version, terms.defaults, terms.overrides);
  const fresh = analysisOfBlob(version, request, terms);
  if (!problem) return { fresh };
  const id = analysisIdOf(fresh.source, `refused ${JSON.stringify(terms.overrides ?? {})}`);
  return { fresh: { ...fresh, id }, problem };
}
