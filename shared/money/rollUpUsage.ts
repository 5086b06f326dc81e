import { usdOf } from '../tokens/cost.ts';
import type { UsageEntry } from './usageLedger.ts';

export const USAGE_KEYS = ['day', 'model', 'region', 'task'] as const;

export type UsageKey = (typeof USAGE_KEYS)[number];

interface UsageSum {
  /** The day (UTC), `name@version`, the region or the task. */
  readonly key: string;
  /** Analyses whose first billed call is among these. */
  readonly analyses: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Null when the price of a single call is not known: half a sum would look like a whole one. */
  readonly costUsd: number | null;
  /** Second model calls for answers cut at their cap, and their cost: part of the sums above. */
  readonly cut: { readonly calls: number; readonly costUsd: number | null };
}

interface Sum {
  analyses: number;
  promptTokens: number;
  completionTokens: number;
  microUsd: number | null;
  cutCalls: number;
  cutMicroUsd: number | null;
}

/** The sums of each key, in the order of the keys. */
export async function rollUpUsage(entries: AsyncIterable<UsageEntry>, by: UsageKey): Promise<readonly UsageSum[]> {
  const sums = new Map<string, Sum>();
  for await (const entry of entries) {
    const key = by === 'day' ? new Date(entry.atMs).toISOString().slice(0, 10) : entry[by];
    const sum = sums.get(key) ?? newSum();
    sum.analyses += entry.call === 1 ? 1 : 0;
    sum.promptTokens += entry.promptTokens;
    sum.completionTokens += entry.completionTokens;
    sum.microUsd = plus(sum.microUsd, entry.microUsd);
    if (entry.isAfterCut) {
      sum.cutCalls += 1;
      sum.cutMicroUsd = plus(sum.cutMicroUsd, entry.microUsd);
    }
    sums.set(key, sum);
  }
  return [...sums]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, { microUsd, cutCalls, cutMicroUsd, ...sum }]) => {
      const cut = { calls: cutCalls, costUsd: usdOf(cutMicroUsd) };
      return { key, ...sum, costUsd: usdOf(microUsd), cut };
    });
}

function newSum(): Sum {
  return { analyses: 0, promptTokens: 0, completionTokens: 0, microUsd: 0, cutCalls: 0, cutMicroUsd: 0 };
}

function plus(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}
