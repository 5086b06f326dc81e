import type { TableClient, TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { queryRows } from '../storage/queryRows.ts';
import { isConflict, refusalKind } from '../storage/refusalKind.ts';
import { parseStored, type SpoiltRow } from '../storage/spoiltRow.ts';
import type { Reservation } from './budget.ts';
import { type BudgetPeriod, budgetKeys } from './budgetPeriods.ts';

/** The rows of a budget: a partition a month, with a row of sums for the month and for each day, and one for each reservation. */

/** A period's sums, and the version that a conditional write names. */
export interface Sums {
  readonly spentMicroUsd: number;
  readonly reservedMicroUsd: number;
  readonly etag: string | undefined;
}

const sumsSchema = z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number(), etag: z.string() });

const reservationSchema = z.object({
  ...{ analysisId: z.string(), attempt: z.number(), microUsd: z.number(), reservedAtMs: z.number() },
});

export type SumsOfPeriods = Readonly<Record<BudgetPeriod, Sums>>;

export const PERIODS: readonly BudgetPeriod[] = ['day', 'month'];

const RESERVATION = 'reservation-';

export async function readSums(table: TableClient, atMs: number): Promise<SumsOfPeriods> {
  const keys = budgetKeys(atMs);
  const [day, month] = await Promise.all([
    readRow(table, keys.partitionKey, keys.day),
    readRow(table, keys.partitionKey, keys.month),
  ]);
  return { day, month };
}

async function readRow(table: TableClient, partitionKey: string, rowKey: string): Promise<Sums> {
  try {
    const row = await table.getEntity(partitionKey, rowKey);
    return parseStored(sumsSchema, row, { home: table.tableName, key: `${partitionKey}/${rowKey}` });
  } catch (error) {
    if (refusalKind(error) === 'missing') return { spentMicroUsd: 0, reservedMicroUsd: 0, etag: undefined };
    throw error;
  }
}

/** Changes both periods' sums and one reservation in one transaction. `conflict`: another writer was faster. */
export async function writeSums(
  table: TableClient,
  atMs: number,
  change: {
    readonly sums: SumsOfPeriods;
    readonly spent: number;
    readonly reserved: number;
    readonly more: TransactionAction;
  },
): Promise<'written' | 'conflict'> {
  const keys = budgetKeys(atMs);
  const actions = PERIODS.map((period): TransactionAction => {
    const { etag, spentMicroUsd, reservedMicroUsd } = change.sums[period];
    const entity = {
      partitionKey: keys.partitionKey,
      rowKey: keys[period],
      spentMicroUsd: spentMicroUsd + change.spent,
      reservedMicroUsd: reservedMicroUsd + change.reserved,
    };
    return etag === undefined ? ['create', entity] : ['update', entity, 'Replace', { etag }];
  });
  try {
    await table.submitTransaction([...actions, change.more]);
    return 'written';
  } catch (error) {
    if (isConflict(error) || refusalKind(error) === 'missing') return 'conflict';
    throw error;
  }
}

/** After a conflict: the storage client repeats a write whose response was lost, and then meets its own row. */
export async function isReserved(table: TableClient, reservation: Reservation): Promise<boolean> {
  const { partitionKey, rowKey } = keyOf(reservation);
  try {
    await table.getEntity(partitionKey, rowKey);
    return true;
  } catch (error) {
    if (refusalKind(error) === 'missing') return false;
    throw error;
  }
}

/** All reservations of the months that the given times lie in, but those that cannot be read. */
export async function listReservations(
  table: TableClient,
  timesMs: readonly number[],
  onSpoilt: (spoilt: SpoiltRow) => void,
): Promise<readonly Reservation[]> {
  const found: Reservation[] = [];
  for (const partitionKey of new Set(timesMs.map((atMs) => budgetKeys(atMs).partitionKey))) {
    const range = `PartitionKey eq '${partitionKey}' and RowKey ge '${RESERVATION}' and RowKey lt 'reservation.'`;
    const query = { schema: reservationSchema, ranges: [range], onSpoilt };
    for await (const reservation of queryRows(table, query)) found.push(reservation);
  }
  return found;
}

export function keyOf({ analysisId, attempt, reservedAtMs }: Reservation): {
  readonly partitionKey: string;
  readonly rowKey: string;
} {
  return {
    partitionKey: budgetKeys(reservedAtMs).partitionKey,
    rowKey: `${RESERVATION}${analysisId}-${attempt}-${reservedAtMs}`,
  };
}
