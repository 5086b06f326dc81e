import type { TableClient } from '@azure/data-tables';
import { queryRows } from '../storage/queryRows.ts';

/** One model call that was billed. */
export interface UsageEntry {
  readonly analysisId: string;
  /** 1 for the first call of the analysis that was billed: by it analyses are counted. */
  readonly call: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** `name@version` */
  readonly model: string;
  readonly region: string;
  readonly task: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Null where no price is known. */
  readonly microUsd: number | null;
  /** It asked again because the first answer was cut at its cap; absent: it did not. */
  readonly isAfterCut?: true;
}

/** What was billed, call by call: rows are added and never changed, and summed when somebody asks. */
export interface UsageLedger {
  add(entry: UsageEntry): Promise<void>;
  /** In the order of time, from `fromMs` to before `untilMs`. */
  between(fromMs: number, untilMs: number): AsyncIterable<UsageEntry>;
}

interface UsageRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly model: string;
  readonly region: string;
  readonly task: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent where no price is known. */
  readonly microUsd?: number;
  /** Absent: no. */
  readonly isAfterCut?: true;
}

const DIGITS = 13;

export function createUsageLedger(dependencies: { readonly usage: TableClient }): UsageLedger {
  const { usage } = dependencies;
  return {
    add: async ({ analysisId, call, atMs, microUsd, ...entry }) => {
      const row: UsageRow = {
        partitionKey: monthOf(atMs),
        rowKey: `${timeKey(atMs)}-${analysisId}-${call}`,
        ...entry,
        ...(microUsd === null ? {} : { microUsd }),
      };
      await usage.upsertEntity(row, 'Replace');
    },
    between: async function* (fromMs, untilMs) {
      const rows = `RowKey ge '${timeKey(fromMs)}' and RowKey lt '${timeKey(untilMs)}'`;
      const ranges = monthsBetween(fromMs, untilMs).map((month) => `PartitionKey eq '${month}' and ${rows}`);
      for await (const row of queryRows<UsageRow>(usage, { ranges })) yield entryOf(row);
    },
  };
}

function entryOf(row: UsageRow): UsageEntry {
  const [atMs = '', analysisId = '', call = ''] = row.rowKey.split('-');
  const { model, region, task, promptTokens, completionTokens, microUsd = null, isAfterCut } = row;
  return {
    analysisId,
    call: Number(call),
    atMs: Number(atMs),
    model,
    region,
    task,
    promptTokens,
    completionTokens,
    microUsd,
    ...(isAfterCut ? { isAfterCut } : {}),
  };
}

function timeKey(atMs: number): string {
  return String(Math.max(0, Math.floor(atMs))).padStart(DIGITS, '0');
}

/** `2026-11`, in UTC. */
function monthOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7);
}

function monthsBetween(fromMs: number, untilMs: number): readonly string[] {
  const months: string[] = [];
  for (let startMs = fromMs; startMs < untilMs; ) {
    months.push(monthOf(startMs));
    const start = new Date(startMs);
    startMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  }
  return months;
}
