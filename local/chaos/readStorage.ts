import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { errorOf } from '../../shared/records/analysisRecord.ts';
import { type AnalysisRow, recordOf } from '../../shared/records/analysisRow.ts';
import { sourceName } from '../../shared/records/analysisSource.ts';
import { TABLES } from '../../shared/records/analysisStore.ts';
import type { RecordFacts, StorageFacts } from './judge.ts';

/** Everything that a verdict asks of the storage, read directly and not through the app. */
export async function readStorage(connectionString: string): Promise<StorageFacts> {
  const table = (name: string): TableClient =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  const records: RecordFacts[] = [];
  for await (const row of table(TABLES.analyses).listEntities<AnalysisRow>()) {
    const record = recordOf(row);
    const { id, source, status, contentDigest, attempts } = record;
    const error = errorOf(record);
    records.push({
      ...{ id, name: sourceName(source), etag: source.kind === 'blob' ? source.etag : '', status },
      ...{ hasLease: status === 'running', contentDigest, outcomes: attempts.map(({ outcome }) => outcome) },
      error: error ? `${error.code}: ${error.detail}` : null,
    });
  }
  const results = new Map<string, string>();
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('results');
  for await (const { name, metadata } of container.listBlobsFlat({ includeMetadata: true })) {
    results.set(name, metadata?.analysisid ?? '');
  }
  return { records, results, ...(await readUnderWay(connectionString)) };
}

/** What is not over yet: of a storage that is at rest, nothing. */
export async function readUnderWay(
  connectionString: string,
): Promise<Pick<StorageFacts, 'openRows' | 'reservations' | 'messages'>> {
  const table = (name: string): TableClient =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  return {
    openRows: await countRows(table(TABLES.byTime), "PartitionKey ge 'open-' and PartitionKey lt 'open.'"),
    reservations: await countRows(table(TABLES.budget), "RowKey ge 'reservation-' and RowKey lt 'reservation.'"),
    messages: await countMessages(connectionString),
  };
}

async function countRows(table: TableClient, filter: string): Promise<number> {
  let count = 0;
  for await (const _row of table.listEntities({ queryOptions: { filter } })) count += 1;
  return count;
}

async function countMessages(connectionString: string): Promise<Record<string, number>> {
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const counts: Record<string, number> = {};
  for await (const { name } of queues.listQueues()) {
    counts[name] = (await queues.getQueueClient(name).getProperties()).approximateMessagesCount ?? 0;
  }
  return counts;
}
