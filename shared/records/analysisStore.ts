import type { TableClient } from '@azure/data-tables';
import { type SignalSink, signalSpoilt } from '../signals/signals.ts';
import { isConflict, refusalKind } from '../storage/refusalKind.ts';
import { ignoreMissing, versionIn } from '../storage/storageError.ts';
import { groupOf, indexRowOf, isSameKey } from './analysisIndex.ts';
import { type ListPage, type ListQuery, listAnalyses } from './analysisList.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import { ANALYSES_TABLE, type AnalysisRow, isSameRecord, partitionOf, recordOf, rowOf } from './analysisRow.ts';
import { createDocumentPages, type DocumentPages } from './documentPages.ts';
import { createOpenAnalyses, type OpenAnalyses } from './openAnalyses.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

export interface AnalysisStore extends OpenAnalyses, DocumentPages {
  /** Stores a new record, or returns the existing one with its id. */
  insert<Kept extends AnalysisRecord>(
    record: Kept,
  ): Promise<
    | { readonly kind: 'inserted'; readonly stored: StoredAnalysis<Kept> }
    | { readonly kind: 'exists'; readonly stored: StoredAnalysis }
  >;
  /** @throws {SpoiltRow} */
  find(id: string): Promise<StoredAnalysis | undefined>;
  /** Replaces the version that was read; `changed` when another writer was faster. */
  replace<Kept extends AnalysisRecord>(
    stored: StoredAnalysis,
    record: Kept,
  ): Promise<{ readonly kind: 'replaced'; readonly stored: StoredAnalysis<Kept> } | { readonly kind: 'changed' }>;
  /** Deletes the version that was read, of work that was never sent; `changed` when another writer was faster. */
  remove(stored: StoredAnalysis): Promise<'removed' | 'changed'>;
  /** Newest first; a row that cannot be read is signalled and skipped. */
  list(query: ListQuery): Promise<ListPage>;
}

/** Tables of the data account; the template and the local cloud make them. */
export const TABLES = {
  analyses: ANALYSES_TABLE,
  byTime: 'analysesByTime',
  /** Which analysis first answered a request about an image's bytes. */
  answers: 'answers',
  budget: 'budget',
  /** A row for each model call that was billed. */
  usage: 'usage',
  /** The state of the pool: bookings and what was learned, in one row. */
  pool: 'pool',
  /** The progress of the timer. */
  progress: 'progress',
} as const;

export function createAnalysisStore(dependencies: {
  readonly analyses: TableClient;
  readonly byTime: TableClient;
  readonly now: () => number;
  readonly signal: SignalSink;
}): AnalysisStore {
  const { analyses, byTime, now } = dependencies;
  const onSpoilt = signalSpoilt(dependencies);

  async function find(id: string): Promise<StoredAnalysis | undefined> {
    try {
      const row = await analyses.getEntity<AnalysisRow>(partitionOf(id), id);
      return { record: recordOf(row), version: versionIn(row) };
    } catch (error) {
      if (refusalKind(error) === 'missing') return undefined;
      throw error;
    }
  }

  const insert: AnalysisStore['insert'] = async (record) => {
    const row = rowOf(record);
    // The index row comes first: an open record without one would be invisible to the timer that recovers lost work.
    await byTime.upsertEntity(indexRowOf(record), 'Replace');
    try {
      return { kind: 'inserted', stored: { record, version: versionIn(await analyses.createEntity(row)) } };
    } catch (error) {
      if (refusalKind(error) !== 'exists') throw error;
      const stored = await find(record.id);
      if (!stored) throw error;
      // Our own write, whose response was lost. Two callers that queue the same analysis in the same millisecond both
      // get here, which costs one extra message.
      if (isSameRecord(stored.record, record)) return { kind: 'inserted', stored: { record, version: stored.version } };
      await removeIndexRow(record, stored.record);
      return { kind: 'exists', stored };
    }
  };

  const replace: AnalysisStore['replace'] = async (stored, record) => {
    const moved = groupOf(stored.record.status) !== groupOf(record.status);
    // Delete the old row last, because the timer finds the record by it. An early new row is harmless: the record
    // decides.
    const [written] = await Promise.all([
      update(stored, record),
      moved && byTime.upsertEntity(indexRowOf(record), 'Replace'),
    ]);
    if (!written) return { kind: 'changed' };
    if (moved) await removeIndexRow(stored.record);
    return { kind: 'replaced', stored: written };
  };

  async function update<Kept extends AnalysisRecord>(
    stored: StoredAnalysis,
    record: Kept,
  ): Promise<StoredAnalysis<Kept> | undefined> {
    try {
      const written = await analyses.updateEntity(rowOf(record), 'Replace', { etag: stored.version });
      return { record, version: versionIn(written) };
    } catch (error) {
      if (!isConflict(error) && refusalKind(error) !== 'missing') throw error;
    }
    const there = await find(record.id);
    return there && isSameRecord(there.record, record) ? { record, version: there.version } : undefined;
  }

  /** Removes the index row of one record, unless the other record has the same row. */
  async function removeIndexRow(record: AnalysisRecord, other?: AnalysisRecord): Promise<void> {
    const key = indexRowOf(record);
    if (other && isSameKey(key, indexRowOf(other))) return;
    await byTime.deleteEntity(key.partitionKey, key.rowKey).catch(ignoreMissing);
  }

  async function remove({ record, version: etag }: StoredAnalysis): Promise<'removed' | 'changed'> {
    try {
      await analyses.deleteEntity(partitionOf(record.id), record.id, { etag });
    } catch (error) {
      if (isConflict(error)) return 'changed';
      ignoreMissing(error);
    }
    await removeIndexRow(record);
    return 'removed';
  }

  const list = (query: ListQuery): Promise<ListPage> => listAnalyses(query, { byTime, find, onSpoilt });
  return {
    insert,
    find,
    replace,
    remove,
    list,
    ...createOpenAnalyses({ byTime, find, now }),
    ...createDocumentPages(analyses),
  };
}
