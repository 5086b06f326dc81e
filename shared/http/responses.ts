import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { NotPossible, shortened } from '../errors.ts';
import type { NowEnd } from '../pipeline/nowCall.ts';
import { type AnalysisRecord, isFinal, startOf } from '../records/analysisRecord.ts';
import { ANALYSIS_ID } from '../records/analysisSource.ts';
import { type AnalysisResult, analysisView } from '../records/analysisView.ts';
import type { PageView } from '../records/pageView.ts';

/** A JSON answer. */
export function json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): HttpResponseInit {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** The response to POST /analyze: the analysis if it has ended, else its address. */
export function analysisResponse(end: NowEnd, request: HttpRequest, nowMs: number): HttpResponseInit {
  if (end.kind === 'accepted') return acceptedResponse(end.record, request, nowMs);
  return json(200, analysisView(end.record, end.result, nowMs));
}

/** Still open: its address, and when to ask again. */
export function acceptedResponse(record: AnalysisRecord, request: HttpRequest, nowMs: number): HttpResponseInit {
  const location = analysisUrl(request, record.id);
  return json(202, analysisView(record, undefined, nowMs), { location, ...pollAfter(record, nowMs) });
}

/** An analysis with what is known of it; `pages`: of a document without its result. */
export interface ShownAnalysis {
  readonly record: AnalysisRecord;
  readonly result?: AnalysisResult;
  readonly pages?: readonly PageView[];
}

/** One analysis as it is now, with `Retry-After` if it is open. */
export function foundResponse({ record, result, pages }: ShownAnalysis, nowMs: number): HttpResponseInit {
  return json(
    200,
    { ...analysisView(record, result, nowMs), ...(pages && { pages }) },
    isFinal(record) ? {} : pollAfter(record, nowMs),
  );
}

/**
 * The path of an analysis, without a host: the caller's `Host` header cannot be trusted.
 *
 * @example analysisUrl(request, '5d41402abc4b2a76b9719d911017c592') //
 * '/api/analyses/5d41402abc4b2a76b9719d911017c592'
 */
export function analysisUrl(request: Pick<HttpRequest, 'url'>, id: string): string {
  const { pathname } = new URL(request.url);
  return `${pathname.replace(/\/(?:analyze|analyses(?:\/[^/]*)*)\/?$/i, '')}/analyses/${id}`;
}

/** The id in a call's path. @throws {NotPossible} `not-found` for text that cannot be an id */
export function analysisIdOf(request: HttpRequest): string {
  const id = request.params.id ?? '';
  if (!ANALYSIS_ID.test(id)) throw new NotPossible('not-found', `There is no analysis ${shortened(id)}.`);
  return id;
}

/** Retry delay for running work, and work that is about to start. */
const SOON_MS = 2_000;
/** The longest retry delay, because work may start sooner than estimated. */
const LONGEST_POLL_MS = 300_000;

/**
 * The headers with the retry delay. `Retry-After` has whole seconds (RFC 9110), rounded up; `retry-after-ms` the exact
 * time, which the clients of OpenAI and of Azure read first.
 *
 * @example retryAfter(2_100) // { 'retry-after': '3', 'retry-after-ms': '2100' }
 */
export function retryAfter(waitMs: number): Readonly<Record<'retry-after' | 'retry-after-ms', string>> {
  const ms = Math.max(1, Math.ceil(waitMs));
  return { 'retry-after': String(Math.ceil(ms / 1000)), 'retry-after-ms': String(ms) };
}

/** When to ask for an open analysis again: at its estimated start, or soon. */
function pollAfter(record: AnalysisRecord, nowMs: number): ReturnType<typeof retryAfter> {
  return retryAfter(Math.min(LONGEST_POLL_MS, Math.max(SOON_MS, (startOf(record) ?? 0) - nowMs)));
}
