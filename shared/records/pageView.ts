import type { Usage } from '../pool/outcome.ts';
import { usdOf } from '../tokens/cost.ts';
import { type AnalysisRecord, errorOf, type Status, type Warning } from './analysisRecord.ts';

/** One page of a document as its result shows it. Its whole analysis is found by its id. */
export interface PageView {
  /** Counted from 1. */
  readonly page: number;
  readonly id: string;
  readonly status: Status;
  readonly answer?: unknown;
  readonly deployment: { readonly name: string; readonly region: string } | null;
  readonly usage: Usage | null;
  readonly cost: { readonly usd: number | null; readonly estimatedUsd: number | null };
  readonly warnings: readonly Warning[];
  readonly error?: { readonly code: string; readonly detail: string; readonly category?: string };
}

export function pageView(record: AnalysisRecord, answer?: unknown): PageView {
  const { id, source, status, deployment, usage, warnings } = record;
  const error = errorOf(record);
  return {
    page: source.kind === 'page' ? source.page : 1,
    id,
    status,
    ...(answer !== undefined && { answer }),
    deployment: deployment && { name: deployment.name, region: deployment.region },
    usage,
    cost: { usd: usdOf(record.costMicroUsd), estimatedUsd: usdOf(record.estimate?.microUsd ?? null) },
    warnings,
    ...(error && { error }),
  };
}
