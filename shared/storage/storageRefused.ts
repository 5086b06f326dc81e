import { AppError } from '../errors.ts';
import { type RefusalKind, refusalKind } from './refusalKind.ts';
import { storageErrorOf } from './storageError.ts';

/**
 * The storage refuses a blob, or all blobs of a container, in a way that only an operator can change. The message says
 * how. It is not the image's fault: what failed for it can be retried.
 */
export class StorageRefused extends AppError {
  override readonly name = 'StorageRefused';
  /** `container`: every other blob of it is refused too. `blob`: this one alone. `passing`: it ends by itself. */
  readonly scope: 'blob' | 'container' | 'passing';

  constructor(scope: StorageRefused['scope'], detail: string, options?: ErrorOptions) {
    super('conflict', detail, options);
    this.scope = scope;
  }
}

/** What the app wanted to do with the blob. */
export type BlobUse = 'read' | 'overwritten' | 'removed';

interface BlobUsed {
  readonly container: string;
  readonly name: string;
  readonly use: BlobUse;
}

/** Reason and advice for each code of a blob that must be changed first (Microsoft Learn, "Blob service error codes"). */
const REASON_OF_CODE: Readonly<Record<string, string>> = {
  BlobArchived: 'it is in the archive tier. Set its tier to hot, cool or cold and wait for the end of the rehydration',
  BlobBeingRehydrated: 'it is being rehydrated from the archive tier, which takes up to 15 hours. Wait for the end',
  BlobImmutableDueToPolicy: 'an immutability policy protects it. Wait for the end of the policy, or remove it',
  BlobImmutableDueToLegalHold: 'a legal hold protects it. Clear the legal hold',
  BlobUsesCustomerSpecifiedEncryption:
    "it is encrypted with a customer-provided key, which this app does not have. Write it again without a key of one's own",
  InvalidBlobType: 'it is an append or page blob, and only a block blob can be written there. Delete it',
  SnapshotsPresent: 'it has snapshots. Delete its snapshots',
  PendingCopyOperation: 'a copy to it is under way. Wait for the end of the copy',
};

const LEASED = 'another client holds a lease on it. Release or break the lease';

/** Kinds that affect the whole container, so that every other blob would fail too. */
const WIDE: readonly (RefusalKind | undefined)[] = ['forbidden', 'home-missing', 'unknown-version'];

/**
 * The refusal of one blob as a sentence that says what to do; undefined for any other error, and for those that the
 * caller must handle: missing, existing, outdated or busy.
 *
 * @example blobRefusal(error, { container: 'images', name: 'a.png', use: 'read' })?.detail // 'The blob images/a.png
 * cannot be read: it is in the archive tier. Set its tier to … (BlobArchived).'
 */
export function blobRefusal(error: unknown, blob: BlobUsed): StorageRefused | undefined {
  const kind = refusalKind(error);
  const { status, code = String(status) } = storageErrorOf(error) ?? {};
  if (WIDE.includes(kind)) {
    return new StorageRefused('container', containerSentence(kind, code, blob.container), { cause: error });
  }
  const reason = kind === 'leased' ? LEASED : REASON_OF_CODE[code];
  if (reason === undefined) return undefined;
  return new StorageRefused(kind === 'passing' ? 'passing' : 'blob', blobSentence(reason, code, blob), {
    cause: error,
  });
}

/** The same message for a state that a blob's properties show before a write. */
export function refusedByState(code: string, blob: BlobUsed): StorageRefused {
  const reason = code === 'LeaseIdMissing' ? LEASED : (REASON_OF_CODE[code] ?? 'the storage refuses it');
  return new StorageRefused('blob', blobSentence(reason, code, blob));
}

function blobSentence(reason: string, code: string, { container, name, use }: BlobUsed): string {
  return `The blob ${container}/${name} cannot be ${use}: ${reason} (${code}).`;
}

function containerSentence(kind: RefusalKind | undefined, code: string, container: string): string {
  if (kind === 'home-missing') return `There is no container ${container} in the storage account. Create it (${code}).`;
  if (kind === 'unknown-version') {
    return `The storage service refuses a header of this app (${code}): its API version may be newer than the service.`;
  }
  return (
    `The storage account refuses this app's access to the container ${container} (${code}). ` +
    "Check the role of the app's identity, which can take 30 minutes to apply, and the account's network rules."
  );
}
