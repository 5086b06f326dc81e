import type { Deployment } from './deployment.ts';
import type { Ledger, PoolSignal } from './ledger.ts';
import { createSharedLedger } from './sharedLedger.ts';
import type { StateStore } from './stateStore.ts';

interface MemoryLedgerOptions {
  /** Part of every deployment that the backlog may only borrow, 0 to below 1. */
  readonly httpShare: number;
  readonly now: () => number;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly signal: (signal: PoolSignal) => void;
}

/** The ledger of one process: as many share it, on a state that is kept in memory. Nothing outlives the process. */
export function createMemoryLedger(deployments: readonly Deployment[], options: MemoryLedgerOptions): Ledger {
  // Memory answers at once, so no wait for it ever ends, and its state is never lost.
  const sleep = (): Promise<void> => new Promise(() => undefined);
  return createSharedLedger(createMemoryStateStore, deployments, { ...options, sleep, localShare: 1 });
}

/** A state in memory, with the conditional writes of a table. It tells no time: its clock is the process's own. */
export function createMemoryStateStore(): StateStore {
  let text: string | null = null;
  let writes = 0;
  const version = (): string | null => (text === null ? null : String(writes));
  return {
    read: async () => ({ text, version: version(), serverMs: null }),
    write: async (next, expected) => {
      if (expected !== version()) return { kind: 'changed', serverMs: null };
      text = next;
      writes += 1;
      return { kind: 'written', version: String(writes), serverMs: null };
    },
    setAside: async () => undefined,
  };
}
