import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { queryRows } from '../storage/queryRows.ts';
import { versionIn } from '../storage/storageError.ts';
import { groupOf } from './analysisIndex.ts';
import { type AnalysisRecord, STATUSES, type Status } from './analysisRecord.ts';
import { type AnalysisRow, partitionOf, recordOf } from './analysisRow.ts';
import { pageIdOf } from './analysisSource.ts';
import type { StoredAnalysis } from './storedAnalysis.ts';

/** A page that has a record, and the state of it. */
export interface PageState {
  readonly id: string;
  /** Counted from 1. */
  readonly page: number;
  readonly status: Status;
}

/** The pages of a document stand behind it in its partition. */
export interface DocumentPages {
  /** Pages that have a record, in their order, without reading the records. */
  pageStates(documentId: string): Promise<readonly PageState[]>;
  /** Those of them that are open, and those behind a page, in their order. */
  pagesAround(
    documentId: string,
    page: number,
  ): Promise<{ readonly open: readonly PageState[]; readonly behind: readonly PageState[] }>;
  /** The same with their records. @throws {SpoiltRow} */
  pagesOf(documentId: string): Promise<readonly StoredAnalysis[]>;
}

/** How many pages are open, have an answer, and have ended without one. */
export function countPages(pages: readonly { readonly status: Status }[]): {
  readonly open: number;
  readonly succeeded: number;
  readonly failed: number;
} {
  const open = pages.filter(({ status }) => groupOf(status) === 'open').length;
  const succeeded = pages.filter(({ status }) => status === 'succeeded').length;
  return { open, succeeded, failed: pages.length - open - succeeded };
}

const OPEN = STATUSES.filter((status) => groupOf(status) === 'open');
const stateSchema = z.object({ rowKey: z.string(), status: z.enum(STATUSES) });

export function createDocumentPages(analyses: TableClient): DocumentPages {
  const rangeOf = (documentId: string, after = `${documentId}-`): string =>
    `PartitionKey eq '${partitionOf(documentId)}' and RowKey gt '${after}' and RowKey lt '${documentId}.'`;

  async function statesIn(documentId: string, filter: string): Promise<readonly PageState[]> {
    const states: PageState[] = [];
    const what = { schema: stateSchema, select: ['RowKey', 'status'], ranges: [filter] };
    for await (const { rowKey: id, status } of queryRows(analyses, what)) {
      states.push({ id, page: Number(id.slice(documentId.length + 1)), status });
    }
    return states;
  }

  return {
    pageStates: (documentId) => statesIn(documentId, rangeOf(documentId)),
    pagesAround: async (documentId, page) => {
      const isOpen = OPEN.map((status) => `status eq '${status}'`).join(' or ');
      const [open, behind] = await Promise.all([
        statesIn(documentId, `${rangeOf(documentId)} and (${isOpen})`),
        statesIn(documentId, rangeOf(documentId, pageIdOf(documentId, page))),
      ]);
      return { open, behind };
    },
    pagesOf: async (documentId) => {
      const found: StoredAnalysis<AnalysisRecord>[] = [];
      const what = { schema: z.custom<AnalysisRow & { etag: string }>(), ranges: [rangeOf(documentId)] };
      for await (const row of queryRows(analyses, what)) found.push({ record: recordOf(row), version: versionIn(row) });
      return found;
    },
  };
}
