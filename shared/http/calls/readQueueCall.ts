import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { collectProblems, InvalidRequest, type Problem } from '../../errors.ts';
import type { QueueCall, QueueEnd } from '../../pipeline/queueBlobs.ts';
import { PARTS } from '../../requests/analysisRequest.ts';
import { type RequestDefaults, resolveModel } from '../../requests/resolveRequest.ts';
import { schemaProblems } from '../../requests/schemaProblems.ts';
import { continuationOf, markerOf } from '../../storage/folderContinuation.ts';
import { TASK_NAMES } from '../../tasks/taskRequest.ts';
import { readJson } from '../read/readJson.ts';
import { misplacedProblems } from '../read/readQuery.ts';

/** The body of POST /analyses. */
export const queueCallSchema = z.strictObject({
  prefix: z.string().max(1024, 'must be at most 1,024 characters').optional(),
  task: z
    .enum(TASK_NAMES)
    .exclude(['ask', 'extract'], 'must be a task that needs no question and no schema with each image')
    .optional(),
  model: z.string().optional(),
  parts: z.enum(PARTS).optional(),
  dryRun: z.boolean().optional(),
  continuation: z.string().min(1).max(2048).optional(),
});

/** @throws {InvalidRequest} with every problem */
export async function readQueueCall(request: HttpRequest, defaults: RequestDefaults): Promise<QueueCall> {
  const given = await readJson(request);
  const parsed = queueCallSchema.safeParse(given);
  const problems: Problem[] = [
    ...misplacedProblems(request),
    ...(parsed.success ? [] : schemaProblems(parsed.error, given, '', Object.keys(queueCallSchema.shape))),
  ];
  const model = (given as { model?: unknown } | null)?.model;
  if (typeof model === 'string') collectProblems(problems, () => resolveModel(model, defaults));
  if (!parsed.success || problems.length > 0) throw new InvalidRequest(problems);
  const { prefix, task, parts, continuation } = parsed.data;
  return {
    isDryRun: parsed.data.dryRun ?? false,
    ...(prefix === undefined ? {} : { prefix }),
    ...(task === undefined ? {} : { task }),
    ...(typeof model === 'string' ? { model } : {}),
    ...(parts === undefined ? {} : { parts }),
    ...(continuation === undefined ? {} : { continuation: markerOf(prefix ?? '', continuation) }),
  };
}

/** What was queued, with the place to go on at in a form that only the same folder takes. */
export function queueAnswer({ prefix = '' }: Pick<QueueCall, 'prefix'>, end: QueueEnd): QueueEnd {
  const { continuation, ...counts } = end;
  return continuation === undefined ? counts : { ...counts, continuation: continuationOf(prefix, continuation) };
}
