import type { Usage } from '../pool/outcome.ts';
import type { Answer } from '../tasks/reading.ts';
import { usdOf } from '../tokens/cost.ts';
import type { PartsFacts } from '../tokens/parts/partsText.ts';
import {
  type AnalysisFacts,
  type AnalysisRecord,
  type Attempt,
  awaitsPages,
  errorOf,
  isFinal,
  type Status,
  type SucceededRecord,
  type WaitingFor,
  type WaitingRecord,
  type Warning,
} from './analysisRecord.ts';
import { sourceName } from './analysisSource.ts';
import { factsOf } from './analysisSteps.ts';
import type { PageView } from './pageView.ts';

/** An analysis as callers and result files see it; docs/http.md describes every field. */
export interface AnalysisView {
  readonly id: string;
  readonly status: Status;
  readonly task: string;
  /** Rises with every change of the task's instructions, shape or checks; null before the image was inspected. */
  readonly taskVersion: number | null;
  readonly startsAt?: string;
  readonly waitingFor?: WaitingFor;
  readonly image: {
    readonly source: string;
    readonly format: string | null;
    readonly width: number | null;
    readonly height: number | null;
    readonly bytes: number | null;
    readonly sentWidth: number | null;
    readonly sentHeight: number | null;
    readonly sentBytes: number | null;
    readonly parts?: PartsFacts;
    readonly detail: string;
  };
  /** Of a document: how many pages are analysed, and how many of them have ended. */
  readonly document?: { readonly pages: number; readonly succeeded: number; readonly failed: number };
  /** Of a document: each page that has begun. */
  readonly pages?: readonly PageView[];
  readonly answer?: unknown;
  readonly markdown?: string;
  readonly deployment: {
    readonly name: string;
    readonly region: string;
    readonly model: string;
    readonly version: string;
  } | null;
  readonly usage: Usage | null;
  readonly cost: { readonly usd: number | null; readonly estimatedUsd: number | null };
  readonly estimate: {
    readonly promptTokens: number;
    readonly admissionTokens: number;
    readonly savedTokens?: number;
  } | null;
  readonly attempts: readonly Attempt[];
  readonly timing: AnalysisFacts['timing'];
  readonly warnings: readonly Warning[];
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly error?: { readonly code: string; readonly detail: string; readonly category?: string };
}

/** What lies in the result store of a succeeded analysis. */
export interface AnalysisResult {
  readonly answer: Answer;
  readonly markdown: string;
  readonly pages?: readonly PageView[];
}

/** A succeeded analysis with its result. */
export interface KeptView extends AnalysisView {
  readonly status: 'succeeded';
  readonly answer: Answer;
  readonly markdown: string;
  readonly completedAt: string;
}

/**
 * The record, with its result if requested and available. Money in USD, times in ISO 8601.
 *
 * @param nowMs for a caller: an overdue start is shown as now
 */
export function analysisView(record: SucceededRecord, result: AnalysisResult): KeptView;
export function analysisView(record: AnalysisRecord, result?: AnalysisResult, nowMs?: number): AnalysisView;
export function analysisView(record: AnalysisRecord, result?: AnalysisResult, nowMs = 0): AnalysisView {
  const { deployment, document, image } = record;
  const error = errorOf(record);
  const [model, version] = deployment ? splitModel(deployment.model) : ['', ''];
  return {
    id: record.id,
    status: shownStatus(record),
    task: record.request.task,
    taskVersion: record.taskVersion,
    ...(record.status === 'waiting' && !awaitsPages(record) && waitView(record, nowMs)),
    image: {
      source: sourceName(record.source),
      format: image?.format ?? null,
      width: image?.width ?? null,
      height: image?.height ?? null,
      bytes: image?.bytes ?? null,
      sentWidth: image?.sentWidth ?? null,
      sentHeight: image?.sentHeight ?? null,
      sentBytes: image?.sentBytes ?? null,
      ...(image?.parts && { parts: image.parts }),
      detail: record.request.detail,
    },
    ...(document && {
      document: { pages: document.pages, succeeded: document.succeeded, failed: document.failed },
    }),
    ...(result?.pages && { pages: result.pages }),
    ...(result ? { answer: result.answer, markdown: result.markdown } : {}),
    deployment: deployment ? { name: deployment.name, region: deployment.region, model, version } : null,
    usage: record.usage,
    cost: { usd: usdOf(record.costMicroUsd), estimatedUsd: usdOf(record.estimate?.microUsd ?? null) },
    estimate: record.estimate ? estimateView(record.estimate) : null,
    attempts: record.attempts,
    timing: record.timing,
    warnings: record.warnings,
    createdAt: new Date(record.createdAtMs).toISOString(),
    completedAt: isFinal(record) ? new Date(record.completedAtMs).toISOString() : null,
    ...(error && { error }),
  };
}

/** As callers see it: a document whose pages are under way is running. */
export function shownStatus(record: AnalysisRecord): Status {
  return awaitsPages(record) ? 'running' : record.status;
}

function waitView(
  { startsAtMs, waitingFor }: WaitingRecord,
  nowMs: number,
): Required<Pick<AnalysisView, 'startsAt' | 'waitingFor'>> {
  return { startsAt: new Date(Math.max(startsAtMs, nowMs)).toISOString(), waitingFor };
}

function estimateView(estimate: AnalysisFacts['estimate'] & object): AnalysisView['estimate'] {
  const { promptTokens, admissionTokens, savedTokens } = estimate;
  return { promptTokens, admissionTokens, ...(savedTokens === undefined ? {} : { savedTokens }) };
}

/**
 * The record as a stored result shows it: the state that its worker had reached before it crashed.
 *
 * @param mark the metadata of the result's blob, which holds what the result itself does not
 */
export function recordOfView(
  record: AnalysisFacts,
  view: KeptView,
  mark: { readonly contentdigest?: string; readonly answerof?: string } = {},
): SucceededRecord {
  const { deployment, cost } = view;
  return {
    ...factsOf(record),
    status: 'succeeded',
    taskVersion: view.taskVersion,
    image: imageOfView(view) ?? record.image,
    ...(record.document && { document: { ...record.document, ...view.document } }),
    estimate: view.estimate ? { ...view.estimate, microUsd: microUsdOf(cost.estimatedUsd) } : record.estimate,
    contentDigest: record.contentDigest ?? mark.contentdigest ?? null,
    answerOf: mark.answerof ?? record.answerOf,
    deployment: deployment && {
      name: deployment.name,
      region: deployment.region,
      model: `${deployment.model}@${deployment.version}`,
    },
    usage: view.usage,
    costMicroUsd: microUsdOf(cost.usd),
    attempts: view.attempts,
    warnings: view.warnings,
    timing: view.timing,
    completedAtMs: Date.parse(view.completedAt),
  };
}

function imageOfView({ image }: AnalysisView): AnalysisFacts['image'] {
  const { format, width, height, bytes, sentWidth, sentHeight, sentBytes, parts } = image;
  if (format === null || width === null || height === null || bytes === null) return null;
  return { format, width, height, bytes, sentWidth, sentHeight, sentBytes, ...(parts && { parts }) };
}

function microUsdOf(usd: number | null): number | null {
  return usd === null ? null : Math.round(usd * 1_000_000);
}

function splitModel(reference: string): readonly [string, string] {
  const at = reference.indexOf('@');
  return at < 0 ? [reference, ''] : [reference.slice(0, at), reference.slice(at + 1)];
}
