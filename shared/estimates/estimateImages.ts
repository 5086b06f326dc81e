import pLimit from 'p-limit';
import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import type { FileVersion } from '../documents/openedFile.ts';
import { AppError } from '../errors.ts';
import type { ImagePart } from '../pipeline/nowCall.ts';
import type { Estimate } from '../tokens/estimateForModel.ts';
import { documentsOf } from './estimateFolder.ts';
import {
  type CountedSize,
  type EstimateQuestion,
  estimateModels,
  modelsOf,
  type NotEstimated,
  type PoolFacts,
} from './estimateModels.ts';
import { pageSizes } from './pageSizes.ts';

/** An image to be estimated: its size, or where to find it. */
export type EstimateImage = ({ readonly kind: 'size' } & CountedSize) | ImagePart;

export interface ImagesCall extends EstimateQuestion {
  readonly kind: 'images';
  readonly images: readonly EstimateImage[];
}

export interface EstimateAnswer {
  /** How many images are counted. */
  readonly images: number;
  /** Where there are documents: how many, and how many of the images are their pages. */
  readonly documents?: { readonly files: number; readonly pages: number };
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
  const look = { ...parts, request: call.request };
  const looks = await inParallel([...call.images.entries()], async ([place, image]) =>
    image.kind === 'url' ? await fetches(() => lookAt(image, place, look)) : await lookAt(image, place, look),
  );
  const sizes = looks.flatMap((seen) => ('sizes' in seen ? seen.sizes : []));
  const estimates = await estimateModels(models, sizes, { ...call, ...parts });
  return {
    images: sizes.reduce((sum, { count }) => sum + count, 0),
    ...documentsOf(looks),
    rejected: looks.flatMap((seen) => ('code' in seen ? seen : [])),
    estimates,
  };
}

interface LookParts extends Pick<Capabilities, 'documentLimits' | 'documents'> {
  readonly open: (image: ImagePart) => Promise<FileVersion>;
}

/** What would be analysed of one entry of the list. */
interface EntryLook {
  readonly isDocument: boolean;
  readonly sizes: readonly CountedSize[];
}

async function lookAt(
  image: EstimateImage,
  index: number,
  { open, documents, documentLimits, request }: LookParts & Pick<ImagesCall, 'request'>,
): Promise<EntryLook | NotEstimated> {
  if (image.kind === 'size') return { isDocument: false, sizes: [{ ...image, index }] };
  const name = nameOf(image) ?? `#${index + 1}`;
  try {
    const file = await documents.open(await open(image));
    if (file.kind === 'document') {
      const pages = await pageSizes(file, request, documentLimits.maxPages);
      return { isDocument: true, sizes: pages.map((size) => ({ ...size, count: 1, index })) };
    }
    // Of a blob only the header is read: whether its pixels are sound is found when it is analysed.
    if (image.kind !== 'blob') await file.image.check({ onDigest: () => undefined });
    const { width, height } = file.image;
    return { isDocument: false, sizes: [{ width, height, count: 1, index }] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name, code: error.code, detail: error.detail };
  }
}

function nameOf(image: ImagePart): string | undefined {
  if (image.kind === 'bytes') return undefined;
  return image.kind === 'blob' ? image.name : image.url;
}
