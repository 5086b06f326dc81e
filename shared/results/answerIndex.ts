import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { refusalKind } from '../storage/refusalKind.ts';
import { parseStored } from '../storage/spoiltRow.ts';
import { ignoreMissing } from '../storage/storageError.ts';

/** Which analysis first answered a request about these bytes. */
export interface AnswerIndex {
  /**
   * @param contentDigest of the image's bytes
   * @throws {SpoiltRow}
   */
  find(contentDigest: string, requestDigest: string): Promise<string | undefined>;
  keep(contentDigest: string, requestDigest: string, analysisId: string): Promise<void>;
  /** Removes the entry of an expired record; a newer analysis's entry stays. */
  forget(contentDigest: string, requestDigest: string, analysisId: string): Promise<void>;
}

const rowSchema = z.object({ analysisId: z.string() });

export function createAnswerIndex(dependencies: { readonly table: TableClient }): AnswerIndex {
  const { table } = dependencies;
  const find: AnswerIndex['find'] = async (contentDigest, requestDigest) => {
    try {
      const row = await table.getEntity(contentDigest, requestDigest);
      const place = { home: table.tableName, key: `${contentDigest}/${requestDigest}` };
      return parseStored(rowSchema, row, place).analysisId;
    } catch (error) {
      if (refusalKind(error) === 'missing') return undefined;
      throw error;
    }
  };
  return {
    find,
    keep: async (contentDigest, requestDigest, analysisId) => {
      await table.upsertEntity({ partitionKey: contentDigest, rowKey: requestDigest, analysisId }, 'Replace');
    },
    forget: async (contentDigest, requestDigest, analysisId) => {
      if ((await find(contentDigest, requestDigest)) !== analysisId) return;
      await table.deleteEntity(contentDigest, requestDigest).catch(ignoreMissing);
    },
  };
}
