import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { ListQuery } from '../analyses/analysisStore.ts';
import { InvalidRequest } from '../errors.ts';

const listQuerySchema = z.strictObject({
  status: z.enum(['queued', 'waiting', 'running', 'succeeded', 'rejected', 'failed', 'cancelled']).optional(),
  prefix: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  continuation: z
    .string()
    .regex(/^\d{13}-[0-9a-f]{32}$/, 'must be the continuation of an earlier page')
    .optional(),
});

/** @throws {InvalidRequest} with every wrong part of the query */
export function readListCall(request: HttpRequest): ListQuery {
  const given = Object.fromEntries([...request.query].filter(([name]) => name !== 'code'));
  const parsed = listQuerySchema.safeParse(given);
  if (!parsed.success) {
    throw new InvalidRequest(
      parsed.error.issues.map((issue) => {
        const path = issue.path.join('.');
        return { path, message: `${path} is ${JSON.stringify(given[path])}: ${issue.message}.` };
      }),
    );
  }
  const { status, prefix, limit, continuation } = parsed.data;
  return {
    limit,
    ...(status === undefined ? {} : { status }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(continuation === undefined ? {} : { continuation }),
  };
}
