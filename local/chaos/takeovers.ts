import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { idOfRow, indexKeySchema, indexRanges } from '../../shared/records/analysisIndex.ts';
import { type AnalysisRecord, leaseOf } from '../../shared/records/analysisRecord.ts';
import { type AnalysisRow, partitionOf, recordOf } from '../../shared/records/analysisRow.ts';
import { TABLES } from '../../shared/records/analysisStore.ts';
import { LEASE_MS } from '../../shared/records/lease.ts';
import { queryRows } from '../../shared/storage/queryRows.ts';

/**
 * How long the work of killed processes rested, from the records: from the end of the lease, which the worker last
 * renewed while it lived. Negative if the next worker's clock is ahead.
 */
export interface TakenUp {
  /** Leases that another worker took during the watch. */
  readonly takenOver: number;
  readonly leaseMs: number;
  readonly p50AfterEndMs: number | null;
  readonly p95AfterEndMs: number | null;
  readonly maxAfterEndMs: number | null;
  /** Leases that no worker had taken when the watch ended. */
  readonly unseen: number;
}

interface Takeovers {
  /** A process was killed: its leased records are watched until they continue or end. */
  watch(): Promise<void>;
  /** Settles when all that is watched has gone on, and at that moment at the latest. */
  settled(untilMs: number): Promise<void>;
  stop(): TakenUp;
}

interface Leased {
  readonly takeovers: number;
  /** Epoch milliseconds, by the clock of its holder. */
  readonly untilMs: number;
}

const LOOK_EVERY_MS = 250;

/** Reads the records. A living process's lease ends or continues without a takeover, so it is left out. */
export function watchTakeovers(connectionString: string): Takeovers {
  const table = (name: string): TableClient =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  const [analyses, byTime] = [table(TABLES.analyses), table(TABLES.byTime)];
  const watched = new Map<string, Leased>();
  const waitsMs: number[] = [];
  let isOver = false;

  const find = (id: string): Promise<AnalysisRecord | undefined> =>
    analyses.getEntity<AnalysisRow>(partitionOf(id), id).then(recordOf, () => undefined);

  async function look([id, leased]: readonly [string, Leased]): Promise<void> {
    const record = await find(id);
    if (!record) return;
    const isTaken = record.takeovers > leased.takeovers;
    if (isTaken) waitsMs.push(Date.now() - leased.untilMs);
    const lease = leaseOf(record);
    if (isTaken || !lease) watched.delete(id);
    else watched.set(id, { takeovers: record.takeovers, untilMs: lease.untilMs });
  }

  const looking = (async (): Promise<void> => {
    while (!isOver) {
      await Promise.all([...watched].map(look));
      await sleep(LOOK_EVERY_MS);
    }
  })();

  return {
    watch: async () => {
      const ids: string[] = [];
      const open = queryRows(byTime, {
        schema: indexKeySchema,
        ranges: indexRanges('open'),
        select: ['PartitionKey', 'RowKey'],
      });
      for await (const { rowKey } of open) ids.push(idOfRow(rowKey));
      for (const record of await Promise.all(ids.map(find))) {
        if (record?.status !== 'running') continue;
        const { id, takeovers, lease } = record;
        if (!watched.has(id)) watched.set(id, { takeovers, untilMs: lease.untilMs });
      }
    },
    settled: async (untilMs) => {
      while (watched.size > 0 && Date.now() < untilMs) await sleep(LOOK_EVERY_MS);
    },
    stop: () => {
      isOver = true;
      void looking;
      const sorted = waitsMs.toSorted((left, right) => left - right);
      return {
        takenOver: sorted.length,
        leaseMs: LEASE_MS,
        p50AfterEndMs: sorted[Math.floor(sorted.length * 0.5)] ?? null,
        p95AfterEndMs: sorted[Math.floor(sorted.length * 0.95)] ?? null,
        maxAfterEndMs: sorted.at(-1) ?? null,
        unseen: watched.size,
      };
    },
  };
}
