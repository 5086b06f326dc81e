import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { formatCount, InvalidRequest, type Problem, shortened } from '../../errors.ts';
import { schemaProblems, unknownName } from '../../requests/schemaProblems.ts';

/** Names in the query that belong to the platform. */
const PLATFORM_QUERY = new Set(['code', 'clientId']);

/** The most names in a query. */
const MOST_NAMES = 100;

/** A name and its text, in the order of the query. */
export type NamedText = readonly [name: string, text: string];

/**
 * The names and texts of the query in their order. Reads the raw URL, because the platform's reader replaces what it
 * cannot decode, and the app would use another value than the caller meant.
 *
 * @throws {InvalidRequest} for a percent sign without two hexadecimal digits, and for octets that are not UTF-8
 */
export function queryOf({ url }: Pick<HttpRequest, 'url'>): readonly NamedText[] {
  const query = (url.split('#', 1)[0] ?? '').split('?').slice(1).join('?');
  const pairs = query.split('&').filter((pair) => pair !== '');
  if (pairs.length > MOST_NAMES) {
    const message = `The query has ${formatCount(pairs.length)} names; at most ${MOST_NAMES} are read.`;
    throw new InvalidRequest([{ path: 'query', message }]);
  }
  const problems: Problem[] = [];
  const texts = pairs.flatMap((pair): readonly NamedText[] => {
    const equals = pair.indexOf('=');
    const [rawName, rawText] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const name = decoded(rawName);
    if (name !== undefined && PLATFORM_QUERY.has(name)) return [];
    const text = decoded(rawText);
    if (name !== undefined && text !== undefined) return [[name, text]];
    const path = shortened(name ?? rawName);
    const message =
      `${path} in the query is not percent-encoded UTF-8: each % must stand before two hexadecimal digits ` +
      '(write a percent sign as %25), and the octets must be UTF-8.';
    problems.push({ path, message });
    return [];
  });
  if (problems.length > 0) throw new InvalidRequest(problems);
  return texts;
}

/** The text of a part of a query (URL Standard, application/x-www-form-urlencoded); undefined when it is malformed. */
function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Names that occur more than once. */
export function repeatedNames(texts: readonly NamedText[]): readonly Problem[] {
  const twice = texts.filter(([name], place) => texts.findIndex(([other]) => other === name) !== place);
  return [...new Set(twice.map(([name]) => shortened(name)))].map((path) => ({
    path,
    message: `${path} is given more than once.`,
  }));
}

/** Refuses a query on a call whose options belong in the body: ignoring an option could cost money. */
export function misplacedProblems(request: HttpRequest): readonly Problem[] {
  try {
    return [...new Set(queryOf(request).map(([name]) => shortened(name)))].map((path) => ({
      path,
      message: `${path} stands in the query; with this content type it belongs into the body.`,
    }));
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
}

/**
 * The query as its schema reads it.
 *
 * @throws {InvalidRequest} with every problem
 */
export function readQuery<Schema extends z.ZodObject>(request: HttpRequest, schema: Schema): z.output<Schema> {
  const texts = queryOf(request);
  const known = Object.keys(schema.shape);
  const given = Object.fromEntries(texts.filter(([name]) => known.includes(name)));
  const unknown = new Set(texts.map(([name]) => name).filter((name) => !known.includes(name)));
  const parsed = schema.safeParse(given);
  const problems = [
    ...repeatedNames(texts),
    ...[...unknown].map((name) => unknownName(name, known)),
    ...(parsed.success ? [] : schemaProblems(parsed.error, given)),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidRequest(problems);
  return parsed.data;
}

/** A whole number as decimal digits: `10`, not `1e1`, `+10`, ` 10`, `0x0a` or `010`. */
export function wholeNumberText(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(WHOLE_NUMBER, `must be a whole number from ${min} to ${max}, in decimal digits`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
}

/** Decimal digits without a leading zero. */
export const WHOLE_NUMBER = /^(?:0|[1-9]\d*)$/;
