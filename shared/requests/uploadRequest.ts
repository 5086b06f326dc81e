import { type AppError, InvalidRequest } from '../errors.ts';
import type { BlobVersion } from '../storage/imageStore.ts';
import type { AnalysisRequest } from './analysisRequest.ts';
import { type RequestDefaults, resolveRequest } from './resolveRequest.ts';
import { uploadOptions } from './uploadOptions.ts';

/** What may be asked of many files at once, in place of what each says itself. */
export interface UploadOverrides {
  readonly task?: string;
  readonly model?: string;
  readonly parts?: 'auto' | 'none';
}

/** The request that a dropped file makes; where it is wrong, the installation's default one, with the problem. */
export function requestOfUpload(
  version: Pick<BlobVersion, 'name' | 'metadata'>,
  defaults: RequestDefaults,
  overrides: UploadOverrides = {},
): { readonly request: AnalysisRequest; readonly problem?: AppError } {
  try {
    return { request: resolveRequest({ ...uploadOptions(version.name, version.metadata), ...overrides }, defaults) };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return { request: resolveRequest({}, defaults), problem: error };
  }
}
