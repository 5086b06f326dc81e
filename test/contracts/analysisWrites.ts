import { expect } from 'vitest';
import type { AnalysisRecord, RunningRecord, SucceededRecord } from '../../shared/records/analysisRecord.ts';
import { succeeded } from '../../shared/records/analysisSteps.ts';
import { type AnalysisStore, createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createResultStore, type ResultStore } from '../../shared/results/resultStore.ts';
import { answeredRecord, droppedFile, LEASE, NOON_MS, queuedRecord, recordWith } from '../support/sampleRecords.ts';
import type { MisbehavingStorage, StoreClients } from './misbehavingStorage.ts';
import { rowsOf, type WriteCase } from './writeContract.ts';

interface Tables {
  readonly analyses: string;
  readonly byTime: string;
}

async function makeTables(storage: MisbehavingStorage): Promise<Tables> {
  return { analyses: await storage.makeTable(), byTime: await storage.makeTable() };
}

function storeOn({ table }: StoreClients, { analyses, byTime }: Tables): AnalysisStore {
  return createAnalysisStore({
    signal: () => undefined,
    analyses: table(analyses),
    byTime: table(byTime),
    now: () => NOON_MS,
  });
}

/** Records by their status, and index rows by their group. */
async function look({ table }: StoreClients, { analyses, byTime }: Tables): Promise<unknown> {
  const [records, index] = [await rowsOf(table(analyses)), await rowsOf(table(byTime))];
  const groups = index.map(({ partitionKey }) => String(partitionKey).split('-')[0]);
  return { records: records.map(({ status }) => status), index: groups };
}

const leased = (): RunningRecord => recordWith('running', { lease: LEASE });

function inserting(makeRecord: () => AnalysisRecord, group: string): WriteCase['prepare'] {
  return async (storage) => {
    const [tables, record] = [await makeTables(storage), makeRecord()];
    return {
      target: { operations: ['InsertEntity'], resource: tables.analyses },
      act: async (clients) => (await storeOn(clients, tables).insert(record)).kind,
      result: 'inserted',
      look: () => look(storage.direct(), tables),
      // The index row comes first, so that no record is without one.
      before: { records: [], index: [group] },
      after: { records: [record.status], index: [group] },
    };
  };
}

function replacing(
  to: (record: RunningRecord) => AnalysisRecord,
  expected: { readonly before: unknown; readonly after: unknown; readonly hinders?: 'index' },
): WriteCase['prepare'] {
  return async (storage) => {
    const tables = await makeTables(storage);
    const held = leased();
    const { stored } = await storeOn(storage.direct(), tables).insert(held);
    return {
      target:
        expected.hinders === 'index'
          ? { operations: ['InsertOrReplaceEntity'], resource: tables.byTime }
          : { operations: ['UpdateEntity'], resource: tables.analyses },
      act: async (clients) => (await storeOn(clients, tables).replace(stored, to(held))).kind,
      result: 'replaced',
      look: () => look(storage.direct(), tables),
      before: expected.before,
      after: expected.after,
    };
  };
}

const ended = (record: RunningRecord): AnalysisRecord => succeeded(record, [], NOON_MS + 1_000);
/** The new index row may be early; the old one goes last. */
const WITH_OPEN: unknown = expect.arrayContaining(['open']);
const AS_ended = { records: ['succeeded'], index: ['succeeded'] };

export const ANALYSIS_WRITES: readonly WriteCase[] = [
  { name: 'analysisStore.insert of a leased record', prepare: inserting(leased, 'open') },
  {
    name: 'analysisStore.insert of a queued record',
    prepare: inserting(() => queuedRecord('a.png'), 'open'),
  },
  {
    name: 'analysisStore.insert of a refused record',
    prepare: inserting(() => recordWith('rejected', { completedAtMs: NOON_MS }), 'rejected'),
  },
  {
    name: 'analysisStore.replace, a renewed lease',
    prepare: replacing((record) => ({ ...record, lease: { ...LEASE, untilMs: NOON_MS + 60_000 } }), {
      before: { records: ['running'], index: ['open'] },
      after: { records: ['running'], index: ['open'] },
    }),
  },
  {
    name: 'analysisStore.replace, an end',
    prepare: replacing(ended, { before: { records: ['running'], index: WITH_OPEN }, after: AS_ended }),
  },
  {
    name: 'analysisStore.replace, the index row of an end',
    prepare: replacing(ended, {
      before: { records: expect.any(Array), index: ['open'] },
      after: AS_ended,
      hinders: 'index',
    }),
  },
  {
    name: 'analysisStore.remove',
    prepare: async (storage) => {
      const tables = await makeTables(storage);
      const { stored } = await storeOn(storage.direct(), tables).insert(leased());
      return {
        target: { operations: ['DeleteEntity'], resource: tables.analyses },
        act: (clients) => storeOn(clients, tables).remove(stored),
        result: 'removed',
        look: () => look(storage.direct(), tables),
        before: { records: ['running'], index: ['open'] },
        after: { records: [], index: [] },
      };
    },
  },
  { name: 'resultStore.keep, the first of its name', prepare: keeping('json', { over: 'nothing' }) },
  { name: 'resultStore.keep, over an older version', prepare: keeping('json', { over: 'an older version' }) },
  { name: 'resultStore.keep, its Markdown', prepare: keeping('md', { over: 'nothing' }) },
];

function keeping(
  ending: 'json' | 'md',
  { over }: { readonly over: 'nothing' | 'an older version' },
): WriteCase['prepare'] {
  return async (storage) => {
    const container = await storage.makeContainer();
    const storeOf = ({ blobs }: StoreClients): ResultStore => createResultStore({ blobs, resultsContainer: container });
    const versionOf = (modifiedMs: number): SucceededRecord => {
      const source = droppedFile('a.png', modifiedMs);
      return answeredRecord({ id: `${modifiedMs}`.padStart(32, '0'), source });
    };
    const [older, record] = [versionOf(NOON_MS), versionOf(NOON_MS + 1_000)];
    const keep = (clients: StoreClients, of: SucceededRecord): Promise<string> =>
      storeOf(clients).keep(of, { answer: {}, markdown: '# A' }, async () => true);
    if (over !== 'nothing') await keep(storage.direct(), older);
    const blob = storage.direct().blobs.getContainerClient(container).getBlobClient(`a.png.text.${ending}`);
    return {
      target: { operations: ['PutBlob'], resource: container, subject: `a.png.text.${ending}` },
      act: (clients) => keep(clients, record),
      result: 'kept',
      look: async () => ((await blob.exists()) ? (await blob.getProperties()).metadata?.analysisid : null),
      before: over === 'nothing' ? null : older.id,
      after: record.id,
    };
  };
}
