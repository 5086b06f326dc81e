import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { NotPossible, shortened } from '../errors.ts';
import type { NowEnd } from '../pipeline/nowCall.ts';
import { type AnalysisRecord, isFinal, startOf } from '../records/analysisRecord.ts';
import { type AnalysisResult, analysisView } from '../records/analysisView.ts';

/** A JSON answer. */
export function json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): HttpResponseInit {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** The answer to POST /analyze: the analysis when it is there, else where it will be. */
export function analysisResponse(end: NowEnd, request: HttpRequest, nowMs: number): HttpResponseInit {
  if (end.kind === 'accepted') return acceptedResponse(end.record, request, nowMs);
  return json(200, analysisView(end.record, end.result, nowMs));
}

/** It goes on: where it will be, and when to look. */
export function acceptedResponse(record: AnalysisRecord, request: HttpRequest, nowMs: number): HttpResponseInit {
  const location = analysisUrl(request, record.id);
  return json(202, analysisView(record, undefined, nowMs), { location, ...pollAfter(record, nowMs) });
}

/** One analysis as it is now; `Retry-After` says when to look again where it has not ended. */
export function foundResponse(
  { record, result }: { readonly record: AnalysisRecord; readonly result?: AnalysisResult },
  nowMs: number,
): HttpResponseInit {
  return json(200, analysisView(record, result, nowMs), isFinal(record) ? {} : pollAfter(record, nowMs));
}

/**
 * The path of an analysis, relative to where the caller asked: the host that it named is its own word.
 *
 * @example
 * analysisUrl(request, '5d41402abc4b2a76b9719d911017c592') // '/api/analyses/5d41402abc4b2a76b9719d911017c592'
 */
export function analysisUrl(request: Pick<HttpRequest, 'url'>, id: string): string {
  const { pathname } = new URL(request.url);
  return `${pathname.replace(/\/(?:analyze|analyses(?:\/[^/]*)*)\/?$/i, '')}/analyses/${id}`;
}

/** The id in a call's path. @throws {NotPossible} `not-found` for what cannot be one */
export function analysisIdOf(request: HttpRequest): string {
  const id = request.params.id ?? '';
  if (!/^[0-9a-f]{32}$/.test(id)) throw new NotPossible('not-found', `There is no analysis ${shortened(id)}.`);
  return id;
}

/** What is under way or about to start is looked at again after this. */
const SOON_MS = 2_000;
/** A start may come sooner than it was expected, so nobody is sent away for longer. */
const LONGEST_POLL_MS = 300_000;

/**
 * The headers that say when to come again. `Retry-After` has whole seconds (RFC 9110), rounded up; `retry-after-ms` the
 * exact time, which the clients of OpenAI and of Azure read first.
 *
 * @example
 * retryAfter(2_100) // { 'retry-after': '3', 'retry-after-ms': '2100' }
 */
export function retryAfter(waitMs: number): Readonly<Record<'retry-after' | 'retry-after-ms', string>> {
  const ms = Math.max(1, Math.ceil(waitMs));
  return { 'retry-after': String(Math.ceil(ms / 1000)), 'retry-after-ms': String(ms) };
}

/** When to look at an analysis again that has not ended: at its expected start, or soon. */
function pollAfter(record: AnalysisRecord, nowMs: number): ReturnType<typeof retryAfter> {
  return retryAfter(Math.min(LONGEST_POLL_MS, Math.max(SOON_MS, (startOf(record) ?? 0) - nowMs)));
}
