import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { bytesInHand } from '../analyses/lookAtImage.ts';
import { requestOptionsSchema, resolveRequest } from '../analyses/resolveRequest.ts';
import type { Config } from '../config.ts';
import { InvalidRequest, type Problem } from '../errors.ts';
import type { EstimateCall, EstimateImage } from '../estimateImages.ts';
import { defaultsOf, requestOfQuery } from './analyzeCall.ts';
import { readImagePart } from './imagePart.ts';
import { mediaTypeOf, readBody, readJson } from './readBody.ts';

/** Sizes in one call; a folder is asked about by its prefix. */
const MOST_IMAGES = 10_000;

const side = z
  .int('must be a whole number of pixels')
  .min(1, 'must be at least 1')
  .max(2 ** 31 - 1, 'must be below 2^31');
const sizeSchema = z.strictObject({ width: side, height: side, count: z.int().min(1).max(1_000_000_000).default(1) });

const bodySchema = z.strictObject({
  ...requestOptionsSchema.omit({ model: true }).shape,
  images: z
    .array(z.unknown())
    .min(1, 'must hold at least one image')
    .max(MOST_IMAGES, `must hold at most ${MOST_IMAGES.toLocaleString('en-US')} images`),
  models: z.array(z.string()).min(1).max(100).optional(),
  tokensPerMinute: z.int().positive().optional(),
});

/**
 * What POST /estimate asks: JSON with sizes or contents, or one image's bytes.
 *
 * @throws {InvalidRequest} with every problem
 */
export async function readEstimateCall(request: HttpRequest, config: Config): Promise<EstimateCall> {
  if (mediaTypeOf(request) !== 'application/json') {
    const resolved = requestOfQuery(request, config);
    const bytes = await readBody(request);
    if (bytes.byteLength === 0)
      throw new InvalidRequest([
        { path: 'body', message: 'The body is empty: send JSON with images, or the bytes of one.' },
      ]);
    return { images: [{ kind: 'bytes', image: bytesInHand(bytes) }], request: resolved };
  }
  const parsed = bodySchema.safeParse(await readJson(request));
  if (!parsed.success) throw new InvalidRequest(problemsOf(parsed.error));
  const { images, models, tokensPerMinute, ...options } = parsed.data;
  const problems: Problem[] = [];
  const read = images.map((image, place) => readEstimateImage(image, `images[${place}]`, problems));
  if (problems.length > 0) throw new InvalidRequest(problems);
  return {
    images: read.filter((image) => image !== undefined),
    request: resolveRequest(options, defaultsOf(config)),
    ...(models === undefined ? {} : { models }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
  };
}

function readEstimateImage(given: unknown, path: string, problems: Problem[]): EstimateImage | undefined {
  if (given !== null && typeof given === 'object' && ('width' in given || 'height' in given)) {
    const size = sizeSchema.safeParse(given);
    if (size.success) return { kind: 'size', ...size.data };
    problems.push(...problemsOf(size.error, path, given));
    return undefined;
  }
  try {
    const part = readImagePart(given, path);
    if (part.kind === 'bytes') return { kind: 'bytes', image: bytesInHand(part.bytes) };
    problems.push({ path, message: `${path} names a blob; this call takes sizes and base64.` });
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    problems.push(...error.problems);
  }
  return undefined;
}

function problemsOf(error: z.ZodError, within = '', given?: unknown): readonly Problem[] {
  return error.issues.map((issue) => {
    const name = issue.path.join('.');
    const path = [within, name].filter((part) => part !== '').join('.') || 'body';
    const value = given !== null && typeof given === 'object' ? (given as Record<string, unknown>)[name] : undefined;
    const is = value === undefined ? '' : ` is ${JSON.stringify(value)}:`;
    return { path, message: `${path}${is} ${issue.message}.` };
  });
}
