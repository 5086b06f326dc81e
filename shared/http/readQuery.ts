import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { schemaProblems } from '../analyses/schemaProblems.ts';
import { InvalidRequest, type Problem, shortened } from '../errors.ts';

/** Names in the query that are the platform's, not ours. */
const PLATFORM_QUERY = new Set(['code', 'clientId']);

/** The query's own names and texts, in their order. */
export function queryOf(request: HttpRequest): readonly (readonly [name: string, text: string])[] {
  return [...request.query].filter(([name]) => !PLATFORM_QUERY.has(name));
}

/** Names in the query of a call that has a body for them: to overlook one could cost money. */
export function misplacedProblems(request: HttpRequest): readonly Problem[] {
  return queryOf(request).map(([path]) => ({
    path,
    message: `${shortened(path)} stands in the query; with this content type it belongs into the body.`,
  }));
}

/**
 * The query as its schema reads it.
 *
 * @throws {InvalidRequest} with every wrong part
 */
export function readQuery<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): z.output<Schema> {
  const texts = queryOf(request);
  const given = Object.fromEntries(texts);
  const parsed = schema.safeParse(given);
  const twice = texts.filter(([name], place) => texts.findIndex(([other]) => other === name) !== place);
  const problems = [
    ...twice.map(([path]) => ({ path, message: `${path} is given more than once.` })),
    ...(parsed.success ? [] : schemaProblems(parsed.error, given)),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidRequest(problems);
  return parsed.data;
}
