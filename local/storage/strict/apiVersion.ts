import type { StorageCall, StorageService } from '../storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer } from '../storageLayer.ts';

/**
 * Refuses requests of an API version that the service does not know yet, as Azure did with a released client three days
 * before the version's own date: 400 InvalidHeaderValue for every call, with the header's name and value (Azure/azure-sdk-for-net
 * 45302, 2024-08-01; Azure/azure-storage-python 631, 2019-08-23). A version that is no date is refused alike.
 *
 * @param newest the newest version that each service knows, as `2026-06-06`; a service that is left out knows every version
 */
export function refuseUnknownVersions(newest: Readonly<Partial<Record<StorageService, string>>>): StorageLayer {
  return {
    refuse: (call) => {
      const known = newest[call.service];
      const asked = call.headers['x-ms-version'];
      if (known === undefined || typeof asked !== 'string') return undefined;
      const isKnown = /^\d{4}-\d{2}-\d{2}$/.test(asked) && asked <= known;
      return isKnown ? undefined : invalidVersion(call, asked);
    },
  };
}

function invalidVersion(call: StorageCall, version: string): StorageAnswer {
  const message = 'The value for one of the HTTP headers is not in the correct format.';
  const details = { HeaderName: 'x-ms-version', HeaderValue: version };
  return refusalAnswer(call, { status: 400, code: 'InvalidHeaderValue', message, details });
}
