import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { bytesInHand } from '../analyses/lookAtImage.ts';
import { resolveRequest } from '../analyses/resolveRequest.ts';
import { schemaProblems } from '../analyses/schemaProblems.ts';
import type { Config } from '../config.ts';
import { InvalidRequest, type Problem } from '../errors.ts';
import type { EstimateCall, EstimateImage } from '../estimateImages.ts';
import { attempt, defaultsOf, requestOfQuery } from './analyzeCall.ts';
import { readImagePart } from './imagePart.ts';
import { mediaTypeOf, readBody, readJson } from './readBody.ts';

/** Sizes in one call; a folder is asked about by its prefix. */
const MOST_IMAGES = 10_000;

const side = z
  .int('must be a whole number of pixels')
  .min(1, 'must be at least 1')
  .max(2 ** 31 - 1, 'must be below 2^31');
const sizeSchema = z.strictObject({ width: side, height: side, count: z.int().min(1).max(1_000_000_000).default(1) });

const bodySchema = z.looseObject({
  images: z
    .array(z.unknown(), 'must be a list of images')
    .min(1, 'must hold at least one image')
    .max(MOST_IMAGES, { error: () => `must hold at most ${MOST_IMAGES.toLocaleString('en-US')} images` }),
  models: z.array(z.string()).min(1, 'must name at least one model').max(100, 'must name at most 100').optional(),
  model: z.undefined('is for analyses; an estimate takes models, a list').optional(),
  tokensPerMinute: z.int().positive('must be above 0').optional(),
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
  const given = await readJson(request);
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidRequest([{ path: 'body', message: 'The body must be a JSON object with a list of images.' }]);
  }
  const { images, models, model, tokensPerMinute, ...options } = given as Readonly<Record<string, unknown>>;
  const outer = { images, models, model, tokensPerMinute };
  const parsed = bodySchema.safeParse(outer);
  const problems: Problem[] = parsed.success ? [] : [...schemaProblems(parsed.error, outer)];
  const read = Array.isArray(images) && images.length <= MOST_IMAGES ? readImages(images, problems) : [];
  const resolved = attempt(problems, () => resolveRequest(options, defaultsOf(config)));
  if (!parsed.success || !resolved || problems.length > 0) throw new InvalidRequest(problems);
  return {
    images: read,
    request: resolved,
    ...(parsed.data.models === undefined ? {} : { models: parsed.data.models }),
    ...(parsed.data.tokensPerMinute === undefined ? {} : { tokensPerMinute: parsed.data.tokensPerMinute }),
  };
}

function readImages(given: readonly unknown[], problems: Problem[]): readonly EstimateImage[] {
  return given
    .map((image, place) => attempt(problems, () => readEstimateImage(image, `images[${place}]`)))
    .filter((image) => image !== undefined);
}

/** @throws {InvalidRequest} */
function readEstimateImage(given: unknown, path: string): EstimateImage {
  if (given !== null && typeof given === 'object' && ('width' in given || 'height' in given)) {
    const size = sizeSchema.safeParse(given);
    if (size.success) return { kind: 'size', ...size.data };
    throw new InvalidRequest(schemaProblems(size.error, given, path));
  }
  const part = readImagePart(given, path);
  if (part.kind === 'bytes') return { kind: 'bytes', image: bytesInHand(part.bytes) };
  throw new InvalidRequest([{ path, message: `${path} names a blob; this call takes sizes and base64.` }]);
}
