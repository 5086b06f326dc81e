import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { analysisView } from '../analyses/analysisView.ts';
import type { NowEnd } from '../analyses/nowCall.ts';
import { json } from './answering.ts';

/** The answer to POST /analyze: the analysis when it is there, else where it will be. */
export function analysisResponse(end: NowEnd, request: HttpRequest): HttpResponseInit {
  if (end.kind === 'accepted') {
    // Relative to where the caller asked: the host that it named is its own word.
    const location = new URL(request.url).pathname.replace(/\/analyze\/?$/, `/analyses/${end.record.id}`);
    return json(202, analysisView(end.record), { location, 'retry-after': '2' });
  }
  return json(200, analysisView(end.record, end.result));
}
