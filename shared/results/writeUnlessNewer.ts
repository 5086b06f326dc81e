import type { BlobGetPropertiesResponse, BlockBlobClient } from '@azure/storage-blob';
import { isConflict, refusalKind } from '../storage/refusalKind.ts';
import { storageErrorOf, versionIn } from '../storage/storageError.ts';
import { blobRefusal, refusedByState, type StorageRefused } from '../storage/storageRefused.ts';
import { markIn, type ResultMark } from './resultMark.ts';

const MOST_TRIES = 5;

export interface Content {
  readonly body: Buffer;
  readonly contentType: string;
  readonly mark: ResultMark;
  readonly isPresent: () => Promise<boolean>;
}

/**
 * Writes a blob, unless the existing one belongs to a newer version of the same image.
 *
 * @throws {StorageRefused} for a blob, or a container, that only an operator can make writable
 */
export async function writeUnlessNewer(blob: BlockBlobClient, content: Content): Promise<'kept' | 'superseded'> {
  // Most results are the first of their name, so write first and read only if a blob exists.
  let condition: { ifNoneMatch: string } | { ifMatch: string } = { ifNoneMatch: '*' };
  let code = '';
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    let refusal: StorageRefused | undefined;
    try {
      await blob.upload(content.body, content.body.byteLength, {
        conditions: condition,
        metadata: { ...content.mark },
        blobHTTPHeaders: { blobContentType: content.contentType },
      });
      return 'kept';
    } catch (error) {
      refusal = refusalOf(error, blob);
      code = codeOf(error);
      if (refusal ? refusal.scope !== 'blob' : !isConflict(error)) throw refusal ?? error;
    }
    const there = await headOf(blob);
    if (there && (await isNewer(markIn(there.metadata), content))) return 'superseded';
    // What this analysis wrote before is its result, even if the blob was changed since.
    if (refusal && there && markIn(there.metadata).analysisid === content.mark.analysisid) return 'kept';
    if (refusal) throw refusal;
    condition = there ? { ifMatch: versionIn(there) } : { ifNoneMatch: '*' };
  }
  // Other writers were faster each time, or the code is not a conflict: the paid answer is kept for a retry.
  throw refusedByState(code, placeOf(blob));
}

/** The storage reports times in whole seconds. Of two versions of one second, the current one is newer. */
async function isNewer(there: Partial<ResultMark>, { mark, isPresent }: Content): Promise<boolean> {
  if (there.analysisid === mark.analysisid) return false;
  const laterMs = Number(there.sourcemodified ?? 0) - Number(mark.sourcemodified);
  return laterMs > 0 || (laterMs === 0 && !(await isPresent()));
}

/**
 * The marks of the existing blob; undefined if there is none.
 *
 * @throws {StorageRefused} also if the blob's state shows that it cannot be overwritten
 */
export async function readMark(blob: BlockBlobClient): Promise<Partial<ResultMark> | undefined> {
  const there = await headOf(blob);
  const code = there && lockOf(there);
  if (code === undefined) return there && markIn(there.metadata);
  throw refusedByState(code, placeOf(blob));
}

type Head = Pick<BlobGetPropertiesResponse, 'etag' | 'accessTier' | 'archiveStatus' | 'blobType' | 'leaseState'> &
  Pick<BlobGetPropertiesResponse, 'leaseDuration' | 'metadata'>;

/** Undefined if the blob does not exist. A missing container is a refusal, because nothing could be written to it. */
async function headOf(blob: BlockBlobClient): Promise<Head | undefined> {
  try {
    return await blob.getProperties();
  } catch (error) {
    if (refusalKind(error) === 'missing') return undefined;
    throw refusalOf(error, blob) ?? error;
  }
}

/**
 * The code with which the service would refuse to overwrite a blob in this state. A lease of fixed length does not
 * count, because it ends within a minute. Nor does immutability: where versions are kept, the policy protects the
 * version and not the name.
 */
function lockOf({ accessTier, archiveStatus, blobType, leaseState, leaseDuration }: Head): string | undefined {
  if (archiveStatus?.startsWith('rehydrate-pending')) return 'BlobBeingRehydrated';
  if (accessTier === 'Archive') return 'BlobArchived';
  if (blobType !== undefined && blobType !== 'BlockBlob') return 'InvalidBlobType';
  return leaseState === 'leased' && leaseDuration === 'infinite' ? 'LeaseIdMissing' : undefined;
}

/** Also for an unknown code: a paid answer must not end in an error that leads to a second model call. */
function refusalOf(error: unknown, blob: BlockBlobClient): StorageRefused | undefined {
  const kind = refusalKind(error);
  const isWrong = kind === 'invalid' || kind === 'bad-marker';
  return blobRefusal(error, placeOf(blob)) ?? (isWrong ? refusedByState(codeOf(error), placeOf(blob)) : undefined);
}

function codeOf(error: unknown): string {
  const { status, code = `${status}` } = storageErrorOf(error) ?? {};
  return code;
}

function placeOf({ containerName: container, name }: BlockBlobClient) {
  return { container, name, use: 'overwritten' } as const;
}
