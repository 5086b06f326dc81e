import type { StorageCall, StorageService } from '../storageCall.ts';
import { refusalAnswer, type StorageLayer, type StorageRefusal } from '../storageLayer.ts';
import { describeCall } from './storageFault.ts';

interface Deletion {
  readonly operation: string;
  readonly create: string;
  /** Whether every call is refused while the deletion lasts, or only the one that creates it anew; the others find nothing. */
  readonly refuses: 'every call' | 'creation';
  /** The least that its page says. */
  readonly lastsMs: number;
  readonly refusal: StorageRefusal;
}

const conflict = (code: string, what: string): StorageRefusal => ({
  ...{ status: 409, code, message: `The specified ${what} is being deleted. Try operation later.` },
});

const DELETIONS: Readonly<Record<StorageService, Deletion>> = {
  blob: {
    ...{ operation: 'DeleteContainer', create: 'CreateContainer', refuses: 'creation', lastsMs: 30_000 },
    refusal: conflict('ContainerBeingDeleted', 'container'),
  },
  queue: {
    ...{ operation: 'DeleteQueue', create: 'CreateQueue', refuses: 'every call', lastsMs: 30_000 },
    refusal: conflict('QueueBeingDeleted', 'queue'),
  },
  table: {
    ...{ operation: 'DeleteTable', create: 'CreateTable', refuses: 'every call', lastsMs: 40_000 },
    refusal: conflict('TableBeingDeleted', 'table'),
  },
};

/**
 * Refuses the name of what was just deleted, as Azure does while it deletes: 409 for at least 30 s, for tables 40 s
 * (Microsoft Learn, "Delete Container", "Delete Queue", "Delete Table", read 2026-11; seen: petabridge/Akka.Persistence.Azure 10,
 * 2018-07-02; microsoft/bedrock 992, 2020-02-14, which quotes the 40 s). Azurite gives the name back at once.
 *
 * @param options.lastsMs in place of the service's own times
 */
export function refuseDeletedNames(options: { readonly lastsMs?: number } = {}): StorageLayer {
  const untilMs = new Map<string, number>();

  const keyOf = (call: StorageCall, body: Buffer): string => {
    const created =
      call.operation === 'CreateTable' ? /"TableName"\s*:\s*"([^"]+)"/.exec(body.toString())?.[1] : undefined;
    // Names of tables are not told apart by their case (Learn, "Understanding the Table service data model").
    const name = (created ?? describeCall(call, body).resource).toLowerCase();
    return `${call.service}/${call.account}/${name}`;
  };

  return {
    refuse: (call, body) => {
      const { refuses, create, refusal } = DELETIONS[call.service];
      if (refuses === 'creation' && call.operation !== create) return undefined;
      if ((untilMs.get(keyOf(call, body)) ?? 0) <= Date.now()) return undefined;
      return refusalAnswer(call, refusal);
    },
    answer: (call, body) => {
      const { operation, lastsMs } = DELETIONS[call.service];
      if (call.operation !== operation) return undefined;
      return (answer) => {
        if (answer.status < 300) untilMs.set(keyOf(call, body), Date.now() + (options.lastsMs ?? lastsMs));
        return answer;
      };
    },
  };
}
