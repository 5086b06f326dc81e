import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { idOfRow, indexFilter } from '../../shared/analyses/analysisIndex.ts';
import type { AnalysisRecord } from '../../shared/analyses/analysisRecord.ts';
import { type AnalysisRow, partitionOf, recordOf } from '../../shared/analyses/analysisRow.ts';
import { sourceName } from '../../shared/analyses/analysisSource.ts';
import { TABLES } from '../../shared/analyses/analysisStore.ts';
import { LEASE_MS } from '../../shared/analyses/lease.ts';

/** How long what killed processes held lay still, by what the storage says. */
export interface TakenUp {
  /** Claims that somebody else took up while it was watched. */
  readonly claims: number;
  readonly leaseMs: number;
  readonly p50Ms: number | null;
  readonly maxMs: number | null;
  /** Those that lay still for longer than one lease, each with its image. */
  readonly late: readonly string[];
  /** Claims that nobody had taken up when the watch ended. */
  readonly unseen: number;
}

export interface Takeovers {
  /** A process was killed at that moment: what is claimed now is looked at until it goes on or ends. */
  watch(killedAtMs: number): Promise<void>;
  /** Settles when all that is watched has gone on, and at that moment at the latest. */
  settled(untilMs: number): Promise<void>;
  stop(): TakenUp;
}

interface Watched {
  readonly id: string;
  readonly name: string;
  readonly takeovers: number;
  readonly killedAtMs: number;
}

const LOOK_EVERY_MS = 250;

/** Reads the records themselves. A claim of a process that lives ends or goes on without being taken over: it is left out. */
export function watchTakeovers(connectionString: string): Takeovers {
  const table = (name: string): TableClient =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  const [analyses, byTime] = [table(TABLES.analyses), table(TABLES.byTime)];
  const watched = new Set<Watched>();
  const waits: { readonly name: string; readonly ms: number }[] = [];
  let isOver = false;

  const find = (id: string): Promise<AnalysisRecord | undefined> =>
    analyses.getEntity<AnalysisRow>(partitionOf(id), id).then(recordOf, () => undefined);

  async function look(each: Watched): Promise<void> {
    const record = await find(each.id);
    if (!record) return;
    if (record.takeovers > each.takeovers) waits.push({ name: each.name, ms: Date.now() - each.killedAtMs });
    if (record.takeovers > each.takeovers || record.lease === null) watched.delete(each);
  }

  const looking = (async (): Promise<void> => {
    while (!isOver) {
      await Promise.all([...watched].map(look));
      await sleep(LOOK_EVERY_MS);
    }
  })();

  return {
    watch: async (killedAtMs) => {
      const ids: string[] = [];
      const queryOptions = { filter: indexFilter({ group: 'open' }), select: ['RowKey'] };
      for await (const row of byTime.listEntities({ queryOptions })) ids.push(idOfRow(String(row.rowKey)));
      for (const record of await Promise.all(ids.map(find))) {
        if (!record?.lease) continue;
        const { id, source, takeovers } = record;
        watched.add({ id, name: sourceName(source), takeovers, killedAtMs });
      }
    },
    settled: async (untilMs) => {
      while (watched.size > 0 && Date.now() < untilMs) await sleep(LOOK_EVERY_MS);
    },
    stop: () => {
      isOver = true;
      void looking;
      const sorted = waits.map(({ ms }) => ms).toSorted((left, right) => left - right);
      return {
        claims: sorted.length,
        leaseMs: LEASE_MS,
        p50Ms: sorted[Math.floor(sorted.length / 2)] ?? null,
        maxMs: sorted.at(-1) ?? null,
        late: waits.filter(({ ms }) => ms > LEASE_MS).map(({ name, ms }) => `${name}: ${ms} ms`),
        unseen: watched.size,
      };
    },
  };
}
