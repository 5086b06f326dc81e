import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { type SignalSink, signalSpoilt } from '../signals/signals.ts';
import { queryRows } from '../storage/queryRows.ts';

/** One model call that was billed. */
export interface UsageEntry {
  readonly analysisId: string;
  /** 1 for the first billed call of an analysis, so that analyses can be counted. */
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
  /** Present for the second model call of an answer that was cut at its cap. */
  readonly isAfterCut?: true;
}

/** Billed usage, one row per call. Rows are added and never changed, and summed on request. */
export interface UsageLedger {
  add(entry: UsageEntry): Promise<void>;
  /** In the order of time, from `fromMs` to before `untilMs`; a row that cannot be read is signalled and skipped. */
  between(fromMs: number, untilMs: number): AsyncIterable<UsageEntry>;
}

const usageRowSchema = z.object({
  rowKey: z.string().regex(/^\d{13}-[^-]+-\d+$/),
  ...{ model: z.string(), region: z.string(), task: z.string() },
  ...{ promptTokens: z.number(), completionTokens: z.number() },
  /** Absent where no price is known. */
  microUsd: z.number().exactOptional(),
  /** Absent: no. */
  isAfterCut: z.literal(true).exactOptional(),
});

type UsageRow = z.infer<typeof usageRowSchema>;

const DIGITS = 13;

export function createUsageLedger(dependencies: {
  readonly usage: TableClient;
  readonly signal: SignalSink;
}): UsageLedger {
  const { usage } = dependencies;
  const what = { schema: usageRowSchema, onSpoilt: signalSpoilt(dependencies) };
  return {
    add: async ({ analysisId, call, atMs, microUsd, ...entry }) => {
      const row: UsageRow & { readonly partitionKey: string } = {
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
      for await (const row of queryRows(usage, { ...what, ranges })) yield entryOf(row);
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
