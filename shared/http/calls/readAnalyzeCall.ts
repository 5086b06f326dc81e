import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { collectProblems, InvalidRequest, type Problem } from '../../errors.ts';
import type { NowCall } from '../../pipeline/nowCall.ts';
import type { AnalysisRequest } from '../../requests/analysisRequest.ts';
import { optionOfText } from '../../requests/optionOfText.ts';
import { OPTION_NAMES, type RequestDefaults, resolveRequest } from '../../requests/resolveRequest.ts';
import { unknownName } from '../../requests/schemaProblems.ts';
import type { Config } from '../../settings/config.ts';
import { jsonReason } from '../read/malformedText.ts';
import { isBytes, mediaTypeOf, readBody, wrongMediaType } from '../read/readBody.ts';
import { readIdempotencyKey, readPrefer } from '../read/readHeaders.ts';
import { readImagePart } from '../read/readImagePart.ts';
import { readJson } from '../read/readJson.ts';
import { readMultipartForm } from '../read/readMultipartForm.ts';
import { misplacedProblems, type NamedText, queryOf, repeatedNames } from '../read/readQuery.ts';

const bodySchema = z.looseObject({ image: z.unknown().optional() });

/**
 * Reads POST /analyze: JSON with an image by URL, content or name, a form with a file, or the bytes themselves with
 * the rest in the query.
 *
 * @throws {InvalidRequest} with every problem
 * @throws {ImageRejected} `too-large`
 */
export async function readAnalyzeCall(request: HttpRequest, config: Config): Promise<NowCall> {
  const isForQuery = !['application/json', 'multipart/form-data'].includes(mediaTypeOf(request));
  const problems: Problem[] = isForQuery ? [] : [...misplacedProblems(request)];
  const preference = collectProblems(problems, () => readPrefer(request.headers.get('prefer')));
  const key = collectProblems(problems, () => readIdempotencyKey(request, config));
  const asked = await readAsked(request, config).catch((error: unknown) => {
    if (!(error instanceof InvalidRequest)) throw error;
    problems.push(...error.problems);
    return undefined;
  });
  if (!preference || !key || !asked || problems.length > 0) throw new InvalidRequest(problems);
  return { ...asked, ...preference, ...key };
}

/** The image and its request, in any form of body. */
async function readAsked(request: HttpRequest, config: Config): Promise<Pick<NowCall, 'image' | 'request'>> {
  const mediaType = mediaTypeOf(request);
  if (mediaType === 'application/json') return readJsonCall(await readJson(request), config);
  if (mediaType === 'multipart/form-data') {
    const { image, fields } = await readMultipartForm(request);
    return { image: { kind: 'bytes', bytes: image }, request: requestOfTexts(fields, config) };
  }
  if (isBytes(mediaType)) {
    const resolved = requestOfTexts(queryOf(request), config);
    const bytes = await readBody(request);
    if (bytes.byteLength === 0) {
      throw new InvalidRequest([{ path: 'body', message: 'The body is empty; it must be the bytes of one image.' }]);
    }
    return { image: { kind: 'bytes', bytes }, request: resolved };
  }
  throw wrongMediaType(
    request,
    'application/json, multipart/form-data, image/*, application/pdf or application/octet-stream',
  );
}

function readJsonCall(given: unknown, config: Config): Pick<NowCall, 'image' | 'request'> {
  const body = bodySchema.safeParse(given);
  if (!body.success)
    throw new InvalidRequest([{ path: 'body', message: 'The body must be a JSON object with an image.' }]);
  const { image, ...options } = body.data;
  const problems: Problem[] = [];
  const part = collectProblems(problems, () => readImagePart(image, 'image'));
  const request = collectProblems(problems, () => resolveRequest(options, defaultsOf(config)));
  if (!part || !request) throw new InvalidRequest(problems);
  return { image: part, request };
}

/**
 * The same names as in a JSON body, each with its text: of a query or of a form.
 *
 * @param more other names that the call accepts, for the suggestion about an unknown one
 */
export function requestOfTexts(
  texts: readonly NamedText[],
  config: Config,
  more: readonly string[] = [],
): AnalysisRequest {
  const problems: Problem[] = [...repeatedNames(texts)];
  const options: Record<string, unknown> = {};
  for (const [name, text] of texts) {
    if (!OPTION_NAMES.includes(name)) continue;
    const read = collectProblems(problems, () => valueOfText(name, text));
    if (read !== undefined) options[name] = read;
  }
  const resolved = collectProblems(problems, () => resolveRequest(options, defaultsOf(config)));
  problems.push(...unknownTexts(texts, more));
  if (!resolved || problems.length > 0) throw new InvalidRequest(problems);
  return resolved;
}

/** Unknown names; in a query or a form each is refused with the nearest known name. */
function unknownTexts(texts: readonly NamedText[], more: readonly string[]): readonly Problem[] {
  const unknown = new Set(texts.map(([name]) => name).filter((name) => !OPTION_NAMES.includes(name)));
  return [...unknown].map((name) => unknownName(name, [...more, ...OPTION_NAMES]));
}

function valueOfText(name: string, text: string): unknown {
  if (name !== 'schema') return optionOfText(name, text);
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRequest([{ path: name, message: `schema is not valid JSON${jsonReason(text)}.` }]);
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
