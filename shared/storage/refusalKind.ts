import { type StorageError, storageErrorOf } from './storageError.ts';

/** What a refusal of the storage means for the caller. */
export type RefusalKind =
  /** The blob, row or message is not there. */
  | 'missing'
  /** The container, table or queue that should hold it is not there. */
  | 'home-missing'
  | 'exists'
  /** The version in the request is no longer the current one. */
  | 'outdated'
  /** Another client holds a lease. A lease of fixed length ends within a minute. */
  | 'leased'
  /** The blob is in a state that an operator must change before this request can succeed. */
  | 'blocked'
  /** The identity, its role, or the network rules of the account. */
  | 'forbidden'
  /** The same request can succeed later. */
  | 'passing'
  /** The service does not know the API version that the client sends. */
  | 'unknown-version'
  /** The continuation is not one that the service gave. */
  | 'bad-marker'
  /** The request is wrong, and stays wrong. */
  | 'invalid';

/** Codes of Blob, Queue and Table storage (Microsoft Learn, "Blob service error codes" and its siblings, 2026-11). */
const KIND_OF_CODE: Readonly<Record<string, RefusalKind>> = {
  BlobNotFound: 'missing',
  ResourceNotFound: 'missing',
  EntityNotFound: 'missing',
  MessageNotFound: 'missing',
  PopReceiptMismatch: 'outdated',
  ContainerNotFound: 'home-missing',
  TableNotFound: 'home-missing',
  QueueNotFound: 'home-missing',
  // The name is refused for at least 30 s after a deletion, and what it held is gone.
  ContainerBeingDeleted: 'home-missing',
  TableBeingDeleted: 'home-missing',
  QueueBeingDeleted: 'home-missing',
  ContainerDisabled: 'forbidden',
  BlobAlreadyExists: 'exists',
  ResourceAlreadyExists: 'exists',
  EntityAlreadyExists: 'exists',
  ContainerAlreadyExists: 'exists',
  TableAlreadyExists: 'exists',
  QueueAlreadyExists: 'exists',
  ConditionNotMet: 'outdated',
  UpdateConditionNotSatisfied: 'outdated',
  TargetConditionNotMet: 'outdated',
  SourceConditionNotMet: 'outdated',
  LeaseIdMissing: 'leased',
  LeaseAlreadyPresent: 'leased',
  LeaseIdMismatchWithBlobOperation: 'leased',
  LeaseIdMismatchWithContainerOperation: 'leased',
  LeaseIdMismatchWithLeaseOperation: 'leased',
  BlobArchived: 'blocked',
  BlobBeingRehydrated: 'blocked',
  BlobImmutableDueToPolicy: 'blocked',
  BlobImmutableDueToLegalHold: 'blocked',
  BlobUsesCustomerSpecifiedEncryption: 'blocked',
  BlobDoesNotUseCustomerSpecifiedEncryption: 'blocked',
  InvalidBlobType: 'blocked',
  SnapshotsPresent: 'blocked',
  PendingCopyOperation: 'passing',
  ServerBusy: 'passing',
  InternalError: 'passing',
  OperationTimedOut: 'passing',
  InvalidHeaderValue: 'unknown-version',
  OutOfRangeInput: 'bad-marker',
  InvalidMarker: 'bad-marker',
  InvalidQueryParameterValue: 'bad-marker',
};

/**
 * The kind of a refusal: by its code, or by its status if there is no code. Undefined for any other error, such as a
 * broken connection.
 *
 * The code of a bad header is taken for one of the version: it is the only header with a value of its own that our
 * clients send; and the code of a bad query parameter for one of the marker, where a marker was sent.
 *
 * @example refusalKind(error) // 'blocked' for 409 BlobArchived, 'exists' for 409 BlobAlreadyExists
 */
export function refusalKind(error: unknown): RefusalKind | undefined {
  const refusal = storageErrorOf(error);
  return refusal && (KIND_OF_CODE[refusal.code ?? ''] ?? kindOfStatus(refusal));
}

function kindOfStatus({ status }: StorageError): RefusalKind {
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'missing';
  if (status === 409) return 'exists';
  if (status === 412 || status === 304) return 'outdated';
  return status === 408 || status === 429 || status >= 500 ? 'passing' : 'invalid';
}

/** Nothing is there: neither the item nor the container, table or queue that would hold it. */
export function isNotThere(error: unknown): boolean {
  const kind = refusalKind(error);
  return kind === 'missing' || kind === 'home-missing';
}

/** Another writer was faster: read the current state, and decide again. */
export function isConflict(error: unknown): boolean {
  const kind = refusalKind(error);
  return kind === 'exists' || kind === 'outdated';
}
