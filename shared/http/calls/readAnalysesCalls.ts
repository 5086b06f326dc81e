import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { CancelMany } from '../../backlog/cancelAnalyses.ts';
import { MANY_AT_ONCE } from '../../backlog/manyAnalyses.ts';
import type { RetryMany } from '../../backlog/retryAnalyses.ts';
import { ERROR_CODES, InvalidRequest } from '../../errors.ts';
import { STATUSES } from '../../records/analysisRecord.ts';
import { ANALYSIS_ID } from '../../records/analysisSource.ts';
import { readJsonBody } from '../read/readJson.ts';
import { wholeNumberText } from '../read/readQuery.ts';

/** Where a page of the list of analyses ended. */
const listContinuation = z
  .string()
  .regex(/^\d{13}-[0-9a-f]{32}(?:-\d{5,6})?$/, 'must be the continuation of an earlier page');

/** The query of GET /analyses. */
export const listQuerySchema = z.strictObject({
  status: z.enum(STATUSES).exactOptional(),
  prefix: z.string().max(1024).exactOptional(),
  limit: wholeNumberText(1, 200).default(50),
  continuation: listContinuation.exactOptional(),
});

const namesPrefix = z.string('must be text').max(1024, 'must be at most 1,024 characters');

/** The body of POST /analyses/retry. */
export const retryBodySchema = z.strictObject({
  status: z.enum(['failed', 'cancelled']).default('failed'),
  code: z
    .enum(ERROR_CODES, `must be one of ${ERROR_CODES.join(', ')}`)
    .exactOptional()
    .describe('Only those that failed with this code.'),
  prefix: namesPrefix.exactOptional().describe('Only images whose names begin with this.'),
  continuation: listContinuation.exactOptional(),
});

/** The body of POST /analyses/cancel: either ids or a prefix. */
export const cancelBodySchema = z.strictObject({
  ids: z
    .array(z.string().regex(ANALYSIS_ID, 'must be the id of an analysis'))
    .min(1, 'must name at least one analysis')
    .max(MANY_AT_ONCE, `must name at most ${MANY_AT_ONCE} analyses`)
    .exactOptional(),
  prefix: namesPrefix.exactOptional().describe('Images whose names begin with this; empty means all.'),
  continuation: listContinuation.exactOptional(),
});

/** @throws {InvalidRequest} */
export async function readRetryCall(request: HttpRequest): Promise<RetryMany> {
  const call = await readJsonBody(request, retryBodySchema);
  if (call.status === 'cancelled' && call.code !== undefined) {
    const message = 'code stands beside status cancelled: only a failed analysis has a code. Leave one of them out.';
    throw new InvalidRequest([{ path: 'code', message }]);
  }
  return call;
}

/** @throws {InvalidRequest} */
export async function readCancelCall(request: HttpRequest): Promise<CancelMany> {
  const { ids, prefix, ...page } = await readJsonBody(request, cancelBodySchema);
  if (ids !== undefined && prefix === undefined && page.continuation === undefined) return { kind: 'ids', ids };
  if (prefix !== undefined && ids === undefined) return { kind: 'prefix', prefix, ...page };
  const message =
    'The body must have either ids, or a prefix with the continuation of its page before, if there is one.';
  throw new InvalidRequest([{ path: 'body', message }]);
}
