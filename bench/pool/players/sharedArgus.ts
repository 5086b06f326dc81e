import type { Deployment } from '../../../shared/pool/deployment.ts';
import { createSharedLedger } from '../../../shared/pool/sharedLedger.ts';
import type { StateStore } from '../../../shared/pool/stateStore.ts';
import { bring, deploymentsOf, type Instance } from './argus.ts';
import type { Player, Table } from './player.ts';

const READ_MS = 10;
const WRITE_MS = 20;
const SKEW_MS = 2_000;

/** Argus in many processes with clocks of their own, and one state in a store with latency. */
export const sharedArgus: Player = {
  name: 'argus',
  sit: (table) => {
    const deployments = deploymentsOf(table.service.tokensPerMinute);
    const pick = instancesOf(table, deployments);
    return (job) => bring(job, { table, deployments, pick });
  },
};

/** Returns one of the processes by chance. */
export function instancesOf(table: Table, deployments: readonly Deployment[]): () => Instance {
  const { time, random, scenario } = table;
  const store = createSlowStore(table);
  const instances = Array.from({ length: scenario.instances }, (): Instance => {
    const aheadMs = Math.round((random() - 0.5) * SKEW_MS);
    const now = (): number => time.now() + aheadMs;
    const { sleep } = time;
    const signal = (): void => undefined;
    return {
      now,
      ledger: createSharedLedger(() => store, deployments, {
        httpShare: 0.2,
        localShare: 0.1,
        now,
        sleep,
        random,
        signal,
      }),
    };
  });
  const [first] = instances;
  if (first === undefined) throw new Error('There must be one instance.');
  return () => instances[Math.floor(random() * instances.length)] ?? first;
}

/** A table row that answers after 10 ms to a read and 20 ms to a write, with its clock in whole seconds. */
export function createSlowStore({ time, count }: Pick<Table, 'time' | 'count'>): StateStore {
  let text: string | null = null;
  let version = 0;
  const serverMs = (): number => Math.floor(time.now() / 1_000) * 1_000;
  return {
    read: async () => {
      await time.sleep(READ_MS / 2);
      const found = { text, version: text === null ? null : String(version), serverMs: serverMs() };
      await time.sleep(READ_MS / 2);
      return found;
    },
    write: async (next, expected) => {
      count('write');
      await time.sleep(WRITE_MS / 2);
      const isMine = expected === (text === null ? null : String(version));
      if (isMine) {
        text = next;
        version += 1;
      }
      const own = String(version);
      const at = serverMs();
      await time.sleep(WRITE_MS / 2);
      return isMine ? { kind: 'written', version: own, serverMs: at } : { kind: 'changed', serverMs: at };
    },
    setAside: async () => {
      throw new Error('The state of the bench can always be read.');
    },
  };
}
