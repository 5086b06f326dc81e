import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { CancelMany } from '../../backlog/cancelAnalyses.ts';
import type { RetryMany } from '../../backlog/retryAnalyses.ts';
import { ERROR_CODES, InvalidRequest } from '../../errors.ts';
import type { ListQuery } from '../../records/analysisList.ts';
import { MANY_AT_ONCE } from '../../records/manyAnalyses.ts';
import { schemaProblems } from '../../requests/schemaProblems.ts';
import { readJson } from '../read/readJson.ts';
import { misplacedProblems, readQuery, wholeNumberText } from '../read/readQuery.ts';

/** Where a page of the list of analyses ended. */
export const listContinuation = z
  .string()
  .regex(/^\d{13}-[0-9a-f]{32}$/, 'must be the continuation of an earlier page');

/** The query of GET /analyses. */
export const listQuerySchema = z.strictObject({
  status: z.enum(['queued', 'waiting', 'running', 'succeeded', 'rejected', 'failed', 'cancelled']).optional(),
  prefix: z.string().max(1024).optional(),
  limit: wholeNumberText(1, 200).default(50),
  continuation: listContinuation.optional(),
});

/** @throws {InvalidRequest} with every wrong part of the query */
export function readListCall(request: HttpRequest): ListQuery {
  const { limit, status, prefix, continuation } = readQuery(request, listQuerySchema);
  return {
    limit,
    ...(status === undefined ? {} : { status }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(continuation === undefined ? {} : { continuation }),
  };
}

const prefix = z.string('must be text').max(1024, 'must be at most 1,024 characters');

/** The body of POST /analyses/retry. */
export const retryBodySchema = z.strictObject({
  status: z.enum(['failed', 'cancelled']).default('failed'),
  code: z
    .enum(ERROR_CODES, `must be one of ${ERROR_CODES.join(', ')}`)
    .optional()
    .describe('Only those that failed so.'),
  prefix: prefix.optional().describe('Only images whose names begin so.'),
  continuation: listContinuation.optional(),
});

/** The body of POST /analyses/cancel: either ids or a prefix. */
export const cancelBodySchema = z.strictObject({
  ids: z
    .array(z.string().regex(/^[0-9a-f]{32}$/, 'must be the id of an analysis'))
    .min(1, 'must name at least one analysis')
    .max(MANY_AT_ONCE, `must name at most ${MANY_AT_ONCE} analyses`)
    .optional(),
  prefix: prefix.optional().describe('Images whose names begin so; an empty one is all of them.'),
  continuation: listContinuation.optional(),
});

/** @throws {InvalidRequest} */
export async function readRetryCall(request: HttpRequest): Promise<RetryMany> {
  const { status, code, prefix: names, continuation } = await readBodyAs(request, retryBodySchema);
  if (status === 'cancelled' && code !== undefined) {
    const message = 'code stands beside status cancelled: only a failed analysis has a code. Leave one of them out.';
    throw new InvalidRequest([{ path: 'code', message }]);
  }
  return {
    status,
    ...(code === undefined ? {} : { code }),
    ...(names === undefined ? {} : { prefix: names }),
    ...(continuation === undefined ? {} : { continuation }),
  };
}

/** @throws {InvalidRequest} */
export async function readCancelCall(request: HttpRequest): Promise<CancelMany> {
  const { ids, prefix: names, continuation } = await readBodyAs(request, cancelBodySchema);
  if (ids !== undefined && names === undefined && continuation === undefined) return { kind: 'ids', ids };
  if (names !== undefined && ids === undefined) {
    return { kind: 'prefix', prefix: names, ...(continuation === undefined ? {} : { continuation }) };
  }
  const message =
    'The body must have either ids, or a prefix with the continuation of its page before, if there is one.';
  throw new InvalidRequest([{ path: 'body', message }]);
}

async function readBodyAs<Schema extends z.ZodObject>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>> {
  const given = await readJson(request);
  const parsed = schema.safeParse(given);
  const problems = [
    ...misplacedProblems(request),
    ...(parsed.success ? [] : schemaProblems(parsed.error, given, '', Object.keys(schema.shape))),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidRequest(problems);
  return parsed.data;
}
