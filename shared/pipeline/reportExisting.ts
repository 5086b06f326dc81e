import type { Capabilities } from '../capabilities.ts';
import { EndedBefore, NotPossible } from '../errors.ts';
import { aboutAnalysis, aboutRecord } from '../records/aboutAnalysis.ts';
import { errorOf, isFinal } from '../records/analysisRecord.ts';
import { followAnalysis } from '../records/followAnalysis.ts';
import { readResult } from '../results/readResult.ts';
import type { NowEnd } from './nowCall.ts';

/**
 * Reports an existing analysis: waits for its end as long as the caller does (epoch milliseconds).
 *
 * @throws {EndedBefore} with the error that it ended with
 * @throws {NotPossible} `conflict` when it was cancelled or removed
 */
export async function reportExisting(
  id: string,
  call: { readonly isAsync: boolean; readonly untilMs: number },
  parts: Pick<Capabilities, 'analyses' | 'now' | 'results' | 'sleep'>,
): Promise<NowEnd> {
  const seen = await followAnalysis(id, call.isAsync ? parts.now() : call.untilMs, parts);
  if (!seen)
    throw new NotPossible(
      'conflict',
      'The request that this one waited for was dropped before it started. Send it again.',
    );
  const { record } = seen;
  if (!isFinal(record)) return { kind: 'accepted', record };
  const error = errorOf(record);
  const retry = `POST /analyses/${id}/retry runs it again.`;
  if (error) {
    const detail = record.status === 'failed' ? `${error.detail} ${retry}` : error.detail;
    throw aboutAnalysis(new EndedBefore(error.code, detail, error), aboutRecord(record));
  }
  if (record.status === 'cancelled') {
    const detail = `The analysis ${id} was cancelled. ${retry}`;
    throw aboutAnalysis(new NotPossible('conflict', detail), aboutRecord(record));
  }
  return { kind: 'done', ...(await readResult(record, parts.results)) };
}
