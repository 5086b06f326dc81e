import { randomUUID } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';

const LEASE_SECONDS = 15;

export interface TimerLock {
  /** Whether this instance may run the timer now; takes the lock when it is free. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Timers run on one instance of an app at a time: the one that has the lease on
 * `azure-webjobs-hosts/locks/<host id>/<function>.Listener` in the host's storage (azure-webjobs-sdk, SingletonManager).
 * It is taken when a run is due and kept while this instance lives; when the instance dies, it is free after 15 s
 * (the host: 60 s).
 */
export function createTimerLock(
  storage: BlobServiceClient,
  place: { readonly hostId: string; readonly functionName: string },
): TimerLock {
  const container = storage.getContainerClient('azure-webjobs-hosts');
  const blob = container.getBlockBlobClient(`locks/${place.hostId}/Host.Functions.${place.functionName}.Listener`);
  const lease = blob.getBlobLeaseClient(randomUUID());
  let renewal: NodeJS.Timeout | undefined;

  const forget = (): void => {
    clearInterval(renewal);
    renewal = undefined;
  };
  return {
    isHeld: async () => {
      if (renewal !== undefined) return true;
      await container.createIfNotExists();
      await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } }).catch(ignore(409, 412));
      try {
        await lease.acquireLease(LEASE_SECONDS);
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 409) return false;
        throw error;
      }
      renewal = setInterval(() => void lease.renewLease().catch(forget), (LEASE_SECONDS * 1000) / 3);
      return true;
    },
    release: async () => {
      if (renewal === undefined) return;
      forget();
      await lease.releaseLease().catch(ignore(404, 409, 412));
    },
  };
}

function ignore(...statuses: readonly number[]): (error: { readonly statusCode?: number }) => void {
  return (error) => {
    if (!statuses.includes(error.statusCode ?? 0)) throw error;
  };
}
