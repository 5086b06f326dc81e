import type { StorageCall, StorageOperation } from '../storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer, type StorageRefusal } from '../storageLayer.ts';

/** States of blobs that Azurite does not have, or leaves at once. */
export interface BlobStates {
  readonly layer: StorageLayer;
  /** A time-based policy: the blob may be read, and neither changed nor deleted. */
  markImmutable(container: string, name: string): void;
  /** The same by a legal hold. */
  holdLegally(container: string, name: string): void;
  /** Its content is encrypted with a key that only its writer has; listings show it. */
  useCustomerKey(container: string, name: string): void;
  /** As if it had never had any of these states; a rehydration is over. */
  clear(container: string, name: string): void;
}

type State =
  | { readonly kind: 'immutable' | 'held' | 'customer-key' | 'archived' }
  | { readonly kind: 'rehydrating'; readonly untilMs: number; readonly tier: string };

/** What changes a blob that is there, or its properties (Learn, "Container-level WORM policies": blob operations that are prohibited). */
const CHANGES: readonly StorageOperation[] = [
  ...(['PutBlob', 'PutBlock', 'PutBlockList', 'AppendBlock', 'PutPage', 'CopyBlob', 'DeleteBlob'] as const),
  ...(['SetBlobMetadata', 'SetBlobProperties', 'SnapshotBlob'] as const),
];

/** What needs the customer's key (Learn, "Encryption with customer-provided keys"); overwriting and deleting do not. */
const NEEDS_KEY: readonly StorageOperation[] = [
  ...(['GetBlob', 'GetBlobProperties', 'GetBlobMetadata', 'SetBlobMetadata', 'SnapshotBlob'] as const),
  ...(['PutBlock', 'PutBlockList', 'AppendBlock', 'QueryBlobContents'] as const),
];

/** What an archived blob does not allow; HEAD, listings and deletion work (Learn, "Rehydrate from the archive tier"). */
const NEEDS_CONTENT: readonly StorageOperation[] = [
  ...([
    'GetBlob',
    'QueryBlobContents',
    'PutBlob',
    'PutBlockList',
    'CopyBlob',
    'SnapshotBlob',
    'SetBlobMetadata',
  ] as const),
  'SetBlobProperties',
];

/** As in Microsoft Learn, "Blob service error codes" (2026-11). */
const REFUSALS: Readonly<
  Record<State['kind'], { readonly of: readonly StorageOperation[]; readonly refusal?: StorageRefusal }>
> = {
  immutable: {
    of: CHANGES,
    refusal: refusalOf(
      'BlobImmutableDueToPolicy',
      'This operation is not permitted as the blob is immutable due to a policy.',
    ),
  },
  held: {
    of: CHANGES,
    refusal: refusalOf(
      'BlobImmutableDueToLegalHold',
      'This operation is not permitted as the blob is immutable due to one or more legal holds.',
    ),
  },
  'customer-key': {
    of: NEEDS_KEY,
    refusal: refusalOf(
      'BlobUsesCustomerSpecifiedEncryption',
      'The blob is encrypted with customer specified encryption, but it was not provided in the request.',
    ),
  },
  rehydrating: {
    of: NEEDS_CONTENT,
    refusal: refusalOf('BlobBeingRehydrated', 'This operation is not permitted because the blob is being rehydrated.'),
  },
  // Azurite refuses these itself, with BlobArchived.
  archived: { of: [] },
};

function refusalOf(code: string, message: string): StorageRefusal {
  return { status: 409, code, message };
}

/**
 * Blobs that are immutable, encrypted with a customer's key, or take a while to come back from the archive. Which of two
 * refusals comes first, where a condition of the request is not met either, is not documented; here it is the state's.
 *
 * Sources: Microsoft Learn, "Blob service error codes" and "Rehydrate from the archive tier" (2026-11: up to 15 h); a HEAD without the
 * key is 409 as well (Azure/azure-sdk-for-net 20361, 2021-04-13).
 *
 * @param options.rehydratesForMs stands in for the hours
 * @example
 * const states = makeBlobStates({ rehydratesForMs: 1_000 });
 * states.markImmutable('results', 'a.png.text.json'); // its deletion is 409 BlobImmutableDueToPolicy
 */
export function makeBlobStates(options: { readonly rehydratesForMs?: number } = {}): BlobStates {
  const states = new Map<string, State>();
  const keyOf = (container: string, name: string): string => `${container}/${name}`;

  function stateOf({ resource, item }: StorageCall): State | undefined {
    const state = states.get(keyOf(resource, item));
    if (state?.kind !== 'rehydrating' || state.untilMs > Date.now()) return state;
    states.delete(keyOf(resource, item));
    return undefined;
  }

  /** What an answered call makes of the blob's state. */
  function follow({ operation, resource, item, headers }: StorageCall): void {
    const key = keyOf(resource, item);
    const tier = headers['x-ms-access-tier'];
    const isWritten = operation === 'PutBlob' || operation === 'PutBlockList' || operation === 'CopyBlob';
    if (operation === 'DeleteBlob' || isWritten) states.delete(key);
    if (typeof tier !== 'string' || (operation !== 'SetBlobTier' && !isWritten)) return;
    if (tier === 'Archive') states.set(key, { kind: 'archived' });
    else if (states.get(key)?.kind === 'archived') {
      states.set(key, { kind: 'rehydrating', untilMs: Date.now() + (options.rehydratesForMs ?? 0), tier });
    }
  }

  const FOLLOWED: readonly StorageOperation[] = ['SetBlobTier', 'DeleteBlob', 'PutBlob', 'PutBlockList', 'CopyBlob'];

  const layer: StorageLayer = {
    refuse: (call) => {
      const state = call.service === 'blob' ? stateOf(call) : undefined;
      if (state === undefined || (state.kind === 'customer-key' && call.headers['x-ms-encryption-key']))
        return undefined;
      const { of, refusal } = REFUSALS[state.kind];
      return refusal && of.includes(call.operation) ? refusalAnswer(call, refusal) : undefined;
    },
    answer: (call) => {
      if (call.service !== 'blob') return undefined;
      const state = stateOf(call);
      if (call.operation === 'GetBlobProperties' && state?.kind === 'rehydrating')
        return (answer) => asRehydrating(answer, state.tier);
      if (!FOLLOWED.includes(call.operation)) return undefined;
      return (answer) => {
        if (answer.status >= 300) return answer;
        follow(call);
        // 200 is a tier that is set; 202 one that takes its time (Learn, "Set Blob Tier").
        return call.operation === 'SetBlobTier' && stateOf(call)?.kind === 'rehydrating'
          ? { ...answer, status: 202 }
          : answer;
      };
    },
  };

  return {
    layer,
    markImmutable: (container, name) => states.set(keyOf(container, name), { kind: 'immutable' }),
    holdLegally: (container, name) => states.set(keyOf(container, name), { kind: 'held' }),
    useCustomerKey: (container, name) => states.set(keyOf(container, name), { kind: 'customer-key' }),
    clear: (container, name) => states.delete(keyOf(container, name)),
  };
}

function asRehydrating(answer: StorageAnswer, tier: string): StorageAnswer {
  const status = `rehydrate-pending-to-${tier.toLowerCase()}`;
  return { ...answer, headers: { ...answer.headers, 'x-ms-access-tier': 'Archive', 'x-ms-archive-status': status } };
}
