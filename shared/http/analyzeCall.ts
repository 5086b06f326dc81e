import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { AnalysisRequest } from '../analyses/analysisRequest.ts';
import { type RequestDefaults, resolveRequest } from '../analyses/resolveRequest.ts';
import type { NowCall } from '../analyzeNow.ts';
import type { Config } from '../config.ts';
import { InvalidRequest, type Problem } from '../errors.ts';
import { readImagePart } from './imagePart.ts';
import { readPrefer } from './prefer.ts';
import { mediaTypeOf, readBody, readJson } from './readBody.ts';

/** Names in the query that are the platform's, not ours. */
const PLATFORM_QUERY = new Set(['code', 'clientId']);

const bodySchema = z.looseObject({ image: z.unknown().optional() });

/**
 * What POST /analyze asks: JSON with an image by content or name, or the bytes themselves with the rest in the query.
 *
 * @throws {InvalidRequest} with every problem
 * @throws {ImageRejected} `too-large`
 */
export async function readAnalyzeCall(request: HttpRequest, config: Config): Promise<NowCall> {
  const prefer = readPrefer(request.headers.get('prefer'));
  const mediaType = mediaTypeOf(request);
  if (mediaType === 'application/json') {
    const body = bodySchema.safeParse(await readJson(request));
    if (!body.success)
      throw new InvalidRequest([{ path: 'body', message: 'The body must be a JSON object with an image.' }]);
    const { image, ...options } = body.data;
    const problems: Problem[] = [];
    const part = attempt(problems, () => readImagePart(image, 'image'));
    const resolved = attempt(problems, () => resolveRequest(options, defaultsOf(config)));
    if (!part || !resolved) throw new InvalidRequest(problems);
    return { image: part, request: resolved, ...prefer };
  }
  if (mediaType.startsWith('image/') || mediaType === 'application/octet-stream') {
    const resolved = requestOfQuery(request, config);
    const bytes = await readBody(request);
    if (bytes.byteLength === 0) {
      throw new InvalidRequest([{ path: 'body', message: 'The body is empty; it must be the bytes of one image.' }]);
    }
    return { image: { kind: 'bytes', bytes }, request: resolved, ...prefer };
  }
  throw new InvalidRequest([
    {
      path: 'content-type',
      message: `The content type is "${mediaType}"; send application/json, image/* or application/octet-stream.`,
    },
  ]);
}

/** The same names as in a JSON body, as text in the query. */
export function requestOfQuery(request: HttpRequest, config: Config): AnalysisRequest {
  const problems: Problem[] = [];
  const options: Record<string, unknown> = {};
  for (const [name, value] of request.query) {
    if (PLATFORM_QUERY.has(name)) continue;
    const read = attempt(problems, () => valueOfQuery(name, value));
    if (read !== undefined) options[name] = read;
  }
  const resolved = attempt(problems, () => resolveRequest(options, defaultsOf(config)));
  if (!resolved || problems.length > 0) throw new InvalidRequest(problems);
  return resolved;
}

function valueOfQuery(name: string, text: string): unknown {
  if (name === 'maxOutputTokens') return /^\d+$/.test(text) ? Number(text) : text;
  if (name !== 'schema') return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidRequest([{ path: name, message: `schema is no JSON: ${(error as Error).message}.` }]);
  }
}

export function defaultsOf(config: Config): RequestDefaults {
  return {
    task: config.defaultTask,
    model: config.defaultModel,
    language: config.answerLanguage,
    deployments: config.deployments,
  };
}

/** What a step gives; what it finds wrong joins the other problems. */
export function attempt<T>(problems: Problem[], step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
