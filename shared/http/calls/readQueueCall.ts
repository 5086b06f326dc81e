import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { parsePageRanges } from '../../documents/pageRanges.ts';
import { collectProblems, type Problem } from '../../errors.ts';
import type { QueueCall, QueueEnd } from '../../pipeline/queueBlobs.ts';
import { PARTS } from '../../requests/analysisRequest.ts';
import { type RequestDefaults, resolveModel } from '../../requests/resolveRequest.ts';
import { continuationOf, markerOf } from '../../storage/folderContinuation.ts';
import { TASK_NAMES } from '../../tasks/taskRequest.ts';
import { readJsonBody } from '../read/readJson.ts';

/** The body of POST /analyses. */
export const queueCallSchema = z.strictObject({
  prefix: z.string().max(1024, 'must be at most 1,024 characters').exactOptional(),
  task: z
    .enum(TASK_NAMES)
    .exclude(['ask', 'extract'], 'must be a task that needs no question and no schema with each image')
    .exactOptional(),
  model: z.string().exactOptional(),
  parts: z.enum(PARTS).exactOptional(),
  pages: z.string().max(1000).exactOptional(),
  allowMissingPages: z.boolean().exactOptional(),
  maxUsd: z.number().positive('must be above 0').exactOptional(),
  dryRun: z.boolean().exactOptional(),
  continuation: z.string().min(1).max(2048).exactOptional(),
});

/** @throws {InvalidRequest} with every problem */
export async function readQueueCall(request: HttpRequest, defaults: RequestDefaults): Promise<QueueCall> {
  const { dryRun, continuation, ...wanted } = await readJsonBody(request, queueCallSchema, (given) =>
    optionProblems(given, defaults),
  );
  return {
    isDryRun: dryRun ?? false,
    ...wanted,
    ...(continuation === undefined ? {} : { continuation: markerOf(wanted.prefix ?? '', continuation) }),
  };
}

function optionProblems(given: unknown, defaults: RequestDefaults): readonly Problem[] {
  const problems: Problem[] = [];
  const { model, pages } = (given ?? {}) as { readonly model?: unknown; readonly pages?: unknown };
  if (typeof model === 'string') collectProblems(problems, () => resolveModel(model, defaults));
  if (typeof pages === 'string') collectProblems(problems, () => parsePageRanges(pages));
  return problems;
}

/** What was queued, with a continuation that is valid only for the same folder. */
export function queueAnswer({ prefix = '' }: Pick<QueueCall, 'prefix'>, end: QueueEnd): QueueEnd {
  const { continuation, ...counts } = end;
  return continuation === undefined ? counts : { ...counts, continuation: continuationOf(prefix, continuation) };
}
