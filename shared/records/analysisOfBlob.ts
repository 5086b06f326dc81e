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
 * A new analysis of a blob's version; the same id as the one that the upload itself made for this request. The
 * upload's own request has the plain result name; every other request gets a name with a digest.
 */
export function analysisOfBlob(version: BlobVersion, request: AnalysisRequest, terms: Terms): QueuedRecord {
  const fresh = newAnalysis(sourceOf(version), request, terms.nowMs);
  const uploads = requestOfUpload(version, terms.defaults, { task: request.task }).request;
  return requestDigest(uploads) === requestDigest(request) ? fresh : { ...fresh, isAside: true };
}

/**
 * A new analysis with the options of the dropped file, or with the problem if they are wrong. A refusal gets its own
 * id for each version, because the default request that replaces the wrong one may be valid for others.
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
