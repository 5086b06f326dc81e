import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { NowEnd } from '../pipeline/nowCall.ts';
import { type AnalysisRecord, isFinal } from '../records/analysisRecord.ts';
import { type AnalysisResult, analysisView } from '../records/analysisView.ts';
import { analysisUrl } from './analysisUrl.ts';
import { json } from './answering.ts';
import { pollAfter } from './retryAfter.ts';

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
  return json(200, analysisView(record, result, nowMs), isFinal(record.status) ? {} : pollAfter(record, nowMs));
}
