import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { ListQuery } from '../../records/analysisList.ts';
import { readQuery, wholeNumberText } from '../read/readQuery.ts';

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
