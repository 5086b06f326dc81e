/** A refusal of Blob, Queue or Table storage: one status has many reasons, so decide by the code where there is one. */
export interface StorageError {
  /** HTTP status. */
  readonly status: number;
  /** The service's own name of the reason, as in `BlobArchived`; undefined where the answer named none. */
  readonly code: string | undefined;
}

/**
 * What a storage service refused with; undefined for any other error, a broken connection among them.
 *
 * The code stands in different places: Table storage puts it into the body, the others into the header `x-ms-error-code`,
 * which is all that the answer to a HEAD has (Microsoft Learn, "Status and error codes" of Blob, Queue and Table storage).
 *
 * @example
 * storageErrorOf(error) // { status: 409, code: 'BlobArchived' }
 */
export function storageErrorOf(error: unknown): StorageError | undefined {
  const { statusCode: status, code, details, response } = (error ?? {}) as RestErrorShape;
  if (typeof status !== 'number') return undefined;
  const named =
    details?.odataError?.code ?? details?.errorCode ?? response?.headers?.get?.('x-ms-error-code') ?? details?.code;
  return { status, code: named ?? (code === 'REST_ERROR' ? undefined : code) };
}

/**
 * The version that an answer of the storage names.
 *
 * @throws {NoVersion} where it names none: then nothing can be written on condition of it
 */
export function versionIn({ etag }: { readonly etag?: string | undefined }): string {
  if (etag === undefined || etag === '') throw new NoVersion();
  return etag;
}

/** Something between Argus and the storage takes ETags out of its answers. */
export class NoVersion extends Error {
  override readonly name = 'NoVersion';

  constructor() {
    super('The storage answered without an ETag. Argus needs it: let proxies between the two pass it on.');
  }
}

/** The HTTP status of a refusal by a storage service; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return storageErrorOf(error)?.status;
}

/**
 * Ignores a 404 of something that no longer exists.
 *
 * @throws the error itself, unless it is a 404
 */
export function ignoreMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}

/** The places in which the clients of the three services put what was answered (core-rest-pipeline: `RestError`). */
interface RestErrorShape {
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: {
    readonly odataError?: { readonly code?: string };
    readonly errorCode?: string;
    readonly code?: string;
  };
  readonly response?: { readonly headers?: { get?(name: string): string | undefined } };
}
