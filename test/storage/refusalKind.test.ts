import { describe, expect, it } from 'vitest';
import { isConflict, isNotThere, type RefusalKind, refusalKind } from '../../shared/storage/refusalKind.ts';

const refused = (statusCode: number, code?: string): object => ({ statusCode, ...(code && { code }) });

describe('refusalKind', () => {
  it.each<[status: number, code: string, kind: RefusalKind]>([
    [404, 'BlobNotFound', 'missing'],
    [404, 'ResourceNotFound', 'missing'],
    [404, 'EntityNotFound', 'missing'],
    [404, 'MessageNotFound', 'missing'],
    [404, 'ContainerNotFound', 'home-missing'],
    [404, 'TableNotFound', 'home-missing'],
    [404, 'QueueNotFound', 'home-missing'],
    [409, 'ContainerBeingDeleted', 'home-missing'],
    [409, 'TableBeingDeleted', 'home-missing'],
    [409, 'QueueBeingDeleted', 'home-missing'],
    [409, 'BlobAlreadyExists', 'exists'],
    [409, 'EntityAlreadyExists', 'exists'],
    [412, 'ConditionNotMet', 'outdated'],
    [412, 'UpdateConditionNotSatisfied', 'outdated'],
    [400, 'PopReceiptMismatch', 'outdated'],
    [412, 'LeaseIdMissing', 'leased'],
    [409, 'LeaseAlreadyPresent', 'leased'],
    [409, 'LeaseIdMismatchWithLeaseOperation', 'leased'],
    [409, 'BlobArchived', 'blocked'],
    [409, 'BlobBeingRehydrated', 'blocked'],
    [409, 'BlobImmutableDueToPolicy', 'blocked'],
    [409, 'BlobImmutableDueToLegalHold', 'blocked'],
    [409, 'BlobUsesCustomerSpecifiedEncryption', 'blocked'],
    [409, 'InvalidBlobType', 'blocked'],
    [409, 'SnapshotsPresent', 'blocked'],
    [409, 'PendingCopyOperation', 'passing'],
    [503, 'ServerBusy', 'passing'],
    [500, 'OperationTimedOut', 'passing'],
    [403, 'AuthorizationPermissionMismatch', 'forbidden'],
    [403, 'AuthorizationFailure', 'forbidden'],
    [403, 'KeyBasedAuthenticationNotPermitted', 'forbidden'],
    [400, 'InvalidHeaderValue', 'unknown-version'],
    [400, 'OutOfRangeInput', 'bad-marker'],
    [400, 'InvalidQueryParameterValue', 'bad-marker'],
    [400, 'InvalidInput', 'invalid'],
  ])('of %i %s is %s', (status, code, kind) => {
    expect(refusalKind(refused(status, code))).toBe(kind);
  });

  it.each<[status: number, kind: RefusalKind]>([
    [304, 'outdated'],
    [400, 'invalid'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'missing'],
    [408, 'passing'],
    [409, 'exists'],
    [412, 'outdated'],
    [413, 'invalid'],
    [429, 'passing'],
    [502, 'passing'],
  ])('of %i without a code is %s', (status, kind) => {
    expect(refusalKind(refused(status))).toBe(kind);
  });

  it('is undefined for a broken connection', () => {
    expect(refusalKind(Object.assign(new Error('no'), { code: 'ECONNRESET' }))).toBeUndefined();
  });
});

describe('isNotThere', () => {
  it('is true for an item and for what would hold it, and for nothing else', () => {
    expect([refused(404, 'BlobNotFound'), refused(404, 'ContainerNotFound')].map(isNotThere)).toEqual([true, true]);
    expect([refused(409, 'BlobArchived'), refused(403), new Error('no')].map(isNotThere)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('isConflict', () => {
  it('is true where another writer was faster, and not for a lease or an archived blob', () => {
    expect([refused(409, 'BlobAlreadyExists'), refused(412, 'ConditionNotMet')].map(isConflict)).toEqual([true, true]);
    expect([refused(412, 'LeaseIdMissing'), refused(409, 'BlobArchived')].map(isConflict)).toEqual([false, false]);
  });
});
