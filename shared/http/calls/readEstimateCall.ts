import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { collectProblems, formatCount, InvalidRequest, type Problem } from '../../errors.ts';
import type { FolderCall } from '../../estimates/estimateFolder.ts';
import type { EstimateImage, ImagesCall } from '../../estimates/estimateImages.ts';
import { modelsOf } from '../../estimates/estimateModels.ts';
import { resolveRequest } from '../../requests/resolveRequest.ts';
import { schemaProblems } from '../../requests/schemaProblems.ts';
import type { Config } from '../../settings/config.ts';
import { isBytes, mediaTypeOf, readBody, wrongMediaType } from '../read/readBody.ts';
import { readImagePart } from '../read/readImagePart.ts';
import { readJson } from '../read/readJson.ts';
import { misplacedProblems, queryOf, repeatedNames, wholeNumberText } from '../read/readQuery.ts';
import { defaultsOf, requestOfTexts } from './readAnalyzeCall.ts';

/** The most sizes in one call. For a folder, send its prefix. */
const MOST_IMAGES = 10_000;

/** The most URLs in one call: each image is downloaded within the time of the call. */
const MOST_URLS = 16;

const side = z
  .int('must be a whole number of pixels')
  .min(1, 'must be at least 1')
  .max(2 ** 31 - 1, 'must be below 2^31');
/** An image by its size. */
export const estimateImageSchema = z.strictObject({
  width: side,
  height: side,
  count: z.int().min(1).max(1_000_000_000).default(1),
});

/** What POST /estimate accepts beside the options of an analysis. */
export const estimateBodySchema = z.looseObject({
  images: z
    .array(z.unknown(), 'must be a list of images')
    .min(1, 'must hold at least one image')
    .max(MOST_IMAGES, { error: () => `must hold at most ${formatCount(MOST_IMAGES)} images` })
    .optional(),
  // Of a blob's name (Naming and referencing containers and blobs, Microsoft Learn, 2026).
  prefix: z.string().max(1024, 'must have at most 1,024 characters').optional(),
  continuation: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,4096}$/, 'must be what the page before gave')
    .optional(),
  models: z.array(z.string()).min(1, 'must name at least one model').max(100, 'must name at most 100').optional(),
  model: z.undefined('is for analyses; an estimate takes models, a list').optional(),
  tokensPerMinute: z.int().positive('must be above 0').optional(),
});

/** What the query of POST /estimate accepts with bytes, beside the options of an analysis. */
const estimateQuerySchema = z.strictObject({
  models: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine(
      (names) => names.every((name) => name !== '') && names.length <= 100,
      'must be 1 to 100 names between commas',
    )
    .optional(),
  model: z.undefined('is for analyses; an estimate takes models, names between commas').optional(),
  tokensPerMinute: wholeNumberText(1, Number.MAX_SAFE_INTEGER).optional(),
});

/**
 * Reads POST /estimate: JSON with sizes, contents or names, or with a folder's prefix; or one image's bytes.
 *
 * @throws {InvalidRequest} with every problem
 */
export async function readEstimateCall(request: HttpRequest, config: Config): Promise<ImagesCall | FolderCall> {
  const mediaType = mediaTypeOf(request);
  if (isBytes(mediaType)) {
    const question = questionOfQuery(request, config);
    const bytes = await readBody(request);
    if (bytes.byteLength === 0)
      throw new InvalidRequest([
        { path: 'body', message: 'The body is empty: send JSON with images, or the bytes of one.' },
      ]);
    return { kind: 'images', images: [{ kind: 'bytes', bytes }], ...question };
  }
  if (mediaType !== 'application/json') {
    throw wrongMediaType(request, 'application/json, image/*, application/pdf or application/octet-stream');
  }
  const given = await readJson(request);
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidRequest([{ path: 'body', message: 'The body must be a JSON object with a list of images.' }]);
  }
  const { images, prefix, continuation, models, model, tokensPerMinute, ...options } = given as Readonly<
    Record<string, unknown>
  >;
  const outer = { images, prefix, continuation, models, model, tokensPerMinute };
  const parsed = estimateBodySchema.safeParse(outer);
  const problems: Problem[] = parsed.success ? [] : [...schemaProblems(parsed.error, outer)];
  problems.push(...misplacedProblems(request), ...subjectProblems(outer));
  const read = Array.isArray(images) && images.length <= MOST_IMAGES ? readImages(images, problems) : [];
  const urls = read.filter(({ kind }) => kind === 'url').length;
  if (urls > MOST_URLS) {
    problems.push({ path: 'images', message: `images has ${urls} URLs; one call fetches at most ${MOST_URLS}.` });
  }
  const names = parsed.data?.models;
  if (names) collectProblems(problems, () => modelsOf(names, config.deployments));
  const resolved = collectProblems(problems, () => resolveRequest(options, defaultsOf(config)));
  if (!parsed.success || !resolved || problems.length > 0) throw new InvalidRequest(problems);
  const question = {
    request: resolved,
    ...(parsed.data.models === undefined ? {} : { models: parsed.data.models }),
    ...(parsed.data.tokensPerMinute === undefined ? {} : { tokensPerMinute: parsed.data.tokensPerMinute }),
  };
  const { prefix: folder, continuation: after } = parsed.data;
  if (folder === undefined) return { kind: 'images', images: read, ...question };
  return { kind: 'folder', prefix: folder, ...(after === undefined ? {} : { continuation: after }), ...question };
}

/** The query beside bytes: the options, and `models` (names between commas) and `tokensPerMinute`. */
function questionOfQuery(
  request: HttpRequest,
  config: Config,
): Pick<ImagesCall, 'models' | 'tokensPerMinute'> & {
  readonly request: ImagesCall['request'];
} {
  const problems: Problem[] = [];
  const texts = queryOf(request);
  problems.push(...repeatedNames(texts.filter(([name]) => Object.hasOwn(estimateQuerySchema.shape, name))));
  const own = Object.fromEntries(texts.filter(([name]) => Object.hasOwn(estimateQuerySchema.shape, name)));
  const parsed = estimateQuerySchema.safeParse(own);
  if (!parsed.success) problems.push(...schemaProblems(parsed.error, own));
  const names = parsed.data?.models;
  if (names) collectProblems(problems, () => modelsOf(names, config.deployments));
  const others = texts.filter(([name]) => !Object.hasOwn(estimateQuerySchema.shape, name));
  const resolved = collectProblems(problems, () =>
    requestOfTexts(others, config, Object.keys(estimateQuerySchema.shape)),
  );
  if (!parsed.success || !resolved || problems.length > 0) throw new InvalidRequest(problems);
  const { models, tokensPerMinute } = parsed.data;
  return {
    request: resolved,
    ...(models === undefined ? {} : { models }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
  };
}

/** An estimate is of a list or of a folder. */
function subjectProblems(outer: {
  readonly images: unknown;
  readonly prefix: unknown;
  readonly continuation: unknown;
}): readonly Problem[] {
  const { images, prefix, continuation } = outer;
  const problems: Problem[] = [];
  if (images === undefined && prefix === undefined) {
    problems.push({ path: 'images', message: 'images is missing: send a list of images, or the prefix of a folder.' });
  }
  if (images !== undefined && prefix !== undefined) {
    problems.push({ path: 'prefix', message: 'prefix stands beside images; an estimate is of one of the two.' });
  }
  if (continuation !== undefined && prefix === undefined) {
    problems.push({ path: 'continuation', message: 'continuation is of a folder: it goes with its prefix.' });
  }
  return problems;
}

function readImages(given: readonly unknown[], problems: Problem[]): readonly EstimateImage[] {
  return given
    .map((image, place) => collectProblems(problems, () => readEstimateImage(image, `images[${place}]`)))
    .filter((image) => image !== undefined);
}

/** @throws {InvalidRequest} */
function readEstimateImage(given: unknown, path: string): EstimateImage {
  if (given !== null && typeof given === 'object' && ('width' in given || 'height' in given)) {
    const size = estimateImageSchema.safeParse(given);
    if (size.success) return { kind: 'size', ...size.data };
    throw new InvalidRequest(schemaProblems(size.error, given, path));
  }
  return readImagePart(given, path);
}
