import pLimit from 'p-limit';
import { inParallel } from '../concurrency/inParallel.ts';
import { AppError } from '../errors.ts';
import type { ImageLimits } from '../image/assertAcceptable.ts';
import { type ImageBytes, lookAtImage } from '../image/lookAtImage.ts';
import { checkImage } from '../image/prepareImage.ts';
import type { ImagePart } from '../pipeline/nowCall.ts';
import type { Estimate } from '../tokens/estimateForModel.ts';
import {
  type CountedSize,
  type EstimateQuestion,
  estimateModels,
  modelsOf,
  type NotEstimated,
  type PoolFacts,
} from './estimateModels.ts';

/** An image to be estimated: its size, or where to find it. */
export type EstimateImage = ({ readonly kind: 'size' } & CountedSize) | ImagePart;

export interface ImagesCall extends EstimateQuestion {
  readonly kind: 'images';
  readonly images: readonly EstimateImage[];
}

export interface EstimateAnswer {
  /** How many images are counted. */
  readonly images: number;
  readonly rejected: readonly NotEstimated[];
  /** Cheapest first; what has no known price comes last. */
  readonly estimates: readonly Estimate[];
}

/** What a URL gives is held whole until its header is read. */
const FETCHES_AT_ONCE = 4;

/**
 * Tokens, money and minutes of images before anything is sent, for each model.
 *
 * @throws {InvalidRequest} for all models that cannot be estimated
 */
export async function estimateImages(call: ImagesCall, parts: PoolFacts & LookParts): Promise<EstimateAnswer> {
  const models = modelsOf(call.models, parts.deployments);
  const fetches = pLimit(FETCHES_AT_ONCE);
  const looks = await inParallel([...call.images.entries()], async ([place, image]) =>
    image.kind === 'url' ? await fetches(() => look(image, place, parts)) : await look(image, place, parts),
  );
  const sizes = looks.flatMap((seen) => ('width' in seen ? seen : []));
  const estimates = await estimateModels(models, sizes, { ...call, ...parts });
  return {
    images: sizes.reduce((sum, { count }) => sum + count, 0),
    rejected: looks.flatMap((seen) => ('code' in seen ? seen : [])),
    estimates,
  };
}

interface LookParts {
  readonly limits: ImageLimits;
  readonly open: (image: ImagePart) => Promise<ImageBytes>;
}

async function look(
  image: EstimateImage,
  place: number,
  { open, limits }: LookParts,
): Promise<CountedSize | NotEstimated> {
  if (image.kind === 'size') return { ...image, index: place };
  const name = nameOf(image) ?? `#${place + 1}`;
  try {
    const bytes = await open(image);
    const header = await lookAtImage(bytes, limits);
    // Of a blob only the header is read: whether its pixels are sound is found when it is analysed.
    if (image.kind !== 'blob') await checkImage(bytes, header, limits);
    return { width: header.width, height: header.height, count: 1, index: place };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name, code: error.code, detail: error.detail };
  }
}

function nameOf(image: ImagePart): string | undefined {
  if (image.kind === 'bytes') return undefined;
  return image.kind === 'blob' ? image.name : image.url;
}
