import { describe, expect, it } from 'vitest';
import { blobRefusal, refusedByState } from '../../shared/storage/storageRefused.ts';

const blob = { container: 'results', name: 'a.png.text.json', use: 'overwritten' } as const;
const refused = (statusCode: number, code?: string): object => ({ statusCode, ...(code && { code }) });

describe('blobRefusal', () => {
  it.each([
    [409, 'BlobArchived', 'blob', /is in the archive tier\. Set its tier to hot, cool or cold/],
    [409, 'BlobBeingRehydrated', 'blob', /is being rehydrated .* up to 15 hours\. Wait/],
    [409, 'BlobImmutableDueToPolicy', 'blob', /an immutability policy protects it\. Wait for the end of the policy/],
    [409, 'BlobImmutableDueToLegalHold', 'blob', /a legal hold protects it\. Clear the legal hold/],
    [409, 'BlobUsesCustomerSpecifiedEncryption', 'blob', /customer-provided key.*Write it again/],
    [409, 'InvalidBlobType', 'blob', /append or page blob.*Delete it/],
    [409, 'SnapshotsPresent', 'blob', /it has snapshots\. Delete its snapshots/],
    [412, 'LeaseIdMissing', 'blob', /another client holds a lease on it\. Release or break the lease/],
    [409, 'PendingCopyOperation', 'passing', /a copy to it is under way/],
    [
      403,
      'AuthorizationPermissionMismatch',
      'container',
      /refuses this app's access to the container results.*Check the role/,
    ],
    [404, 'ContainerNotFound', 'container', /There is no container results in the storage account\. Create it/],
    [400, 'InvalidHeaderValue', 'container', /API version may be newer than the service/],
  ] as const)('of %i %s concerns the %s and says what to do', (status, code, scope, sentence) => {
    const refusal = blobRefusal(refused(status, code), blob);
    expect(refusal).toMatchObject({ scope, code: 'conflict', detail: expect.stringMatching(sentence) });
    expect(refusal?.detail).toContain(`(${code})`);
  });

  it.each([
    [404, 'BlobNotFound'],
    [409, 'BlobAlreadyExists'],
    [412, 'ConditionNotMet'],
    [503, 'ServerBusy'],
    [400, undefined],
  ])('is undefined for %i %s, which the caller decides', (status, code) => {
    expect(blobRefusal(refused(status, code), blob)).toBeUndefined();
  });

  it('is undefined for a broken connection', () => {
    expect(blobRefusal(new Error('socket hang up'), blob)).toBeUndefined();
  });
});

describe('refusedByState', () => {
  it('says the same of a state that is seen before the blob is written to', () => {
    expect(refusedByState('BlobArchived', blob).detail).toBe(blobRefusal(refused(409, 'BlobArchived'), blob)?.detail);
  });
});
