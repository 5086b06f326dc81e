import pLimit from 'p-limit';
import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { AppError } from '../errors.ts';
import type { ImageLimits } from '../image/assertAcceptable.ts';
import { fileOf } from '../pipeline/analyzeUpload.ts';
import type { AnalysisRequest } from '../requests/analysisRequest.ts';
import { continuationOf, markerOf } from '../storage/folderContinuation.ts';
import type { BlobVersion, ImageStore } from '../storage/imageStore.ts';
import { listRefusal } from '../storage/listRefusal.ts';
import type { Estimate } from '../tokens/estimateForModel.ts';
import { alikeTogether, type GivenSize } from '../tokens/imageSize.ts';
import { type SizeClass, sizeClasses } from '../tokens/sizeClasses.ts';
import {
  type EstimateQuestion,
  estimateModels,
  modelsOf,
  type NotEstimated,
  type PoolFacts,
} from './estimateModels.ts';
import { createFirstReads } from './firstReads.ts';
import { type LookParts, lookAtBlob } from './lookAtBlob.ts';

export interface FolderCall extends EstimateQuestion {
  readonly kind: 'folder';
  /** What the blobs' names begin with; empty: the whole container. */
  readonly prefix: string;
  /** Of the page before. */
  readonly continuation?: string;
}

export interface FolderAnswer {
  /** How many images are counted, on this page. */
  readonly images: number;
  /** Where there are documents: how many, and how many of the images are their pages. */
  readonly documents?: { readonly files: number; readonly pages: number };
  readonly rejected: readonly NotEstimated[];
  /** Absent after the last page; each page has its own totals. */
  readonly continuation?: string;
  /** Cheapest first; what has no known price comes last. */
  readonly estimates: readonly (Omit<Estimate, 'perImage'> & { readonly bySize: readonly SizeClass[] })[];
}

export interface FolderParts extends PoolFacts, Pick<Capabilities, 'documentLimits' | 'documents'> {
  readonly images: ImageStore;
  readonly imagesContainer: string;
  readonly limits: ImageLimits;
  readonly now: () => number;
}

/** The platform cuts an HTTP call off after 230 s; a page ends well before that, and its answer stays small. */
const PAGE_MS = 60_000;
const PAGE_IMAGES = 10_000;

/**
 * Blobs listed at once: the next ones are listed while the headers of these are read. Few, because no answer is looked at
 * while a listing is parsed, which takes a tenth of a millisecond for each of its blobs.
 */
const LISTED_BLOBS = 100;

/**
 * Tokens, money and minutes of all images of a folder for each model, without a model call: only headers are read.
 *
 * @throws {InvalidRequest} for all models that cannot be estimated
 * @throws {NotPossible} when the container is missing or forbidden
 */
export async function estimateFolder(call: FolderCall, parts: FolderParts): Promise<FolderAnswer> {
  const models = modelsOf(call.models, parts.deployments);
  const { looks, continuation } = await lookAtFolder(call, parts);
  const sizes = alikeTogether(sizesIn(looks));
  const estimates = await estimateModels(models, sizes, { ...call, ...parts });
  return {
    images: sizes.reduce((sum, { count }) => sum + count, 0),
    ...documentsOf(looks),
    rejected: looks.flatMap((seen) => ('code' in seen ? seen : [])),
    ...(continuation === undefined ? {} : { continuation }),
    estimates: estimates.map(({ perImage, ...totals }) => ({ ...totals, bySize: sizeClasses(perImage) })),
  };
}

export type Look = FileLook | NotEstimated;

/** What would be analysed of one file. */
interface FileLook {
  readonly isDocument: boolean;
  readonly sizes: readonly GivenSize[];
}

async function lookAtFolder(
  { prefix, continuation, request }: FolderCall,
  parts: FolderParts,
): Promise<{ readonly looks: readonly Look[]; readonly continuation?: string }> {
  const start = continuation === undefined ? undefined : markerOf(prefix, continuation);
  const listing = listAhead({ prefix, start }, parts);
  const look = { ...parts, firstReads: createFirstReads(), large: pLimit(1) };
  const looks = await inParallel(listing.blobs(), (blob) => lookAt(blob, request, look));
  const next = listing.next();
  return next === undefined ? { looks } : { looks, continuation: continuationOf(prefix, next) };
}

/** The blobs of a page, and then the marker of the next one; more of them are listed while those before are read. */
function listAhead(
  { prefix, start }: { readonly prefix: string; readonly start: string | undefined },
  parts: FolderParts,
): { readonly blobs: () => AsyncGenerator<BlobVersion>; readonly next: () => string | undefined } {
  const endMs = parts.now() + PAGE_MS;
  let left = PAGE_IMAGES;
  let marker = start;
  async function* blobs(): AsyncGenerator<BlobVersion> {
    let listing = listOf({ prefix, after: start, limit: LISTED_BLOBS }, parts);
    do {
      const { versions, continuation } = await listing;
      left -= versions.length;
      marker = continuation;
      if (marker !== undefined && left > 0) {
        listing = listOf({ prefix, after: marker, limit: Math.min(LISTED_BLOBS, left) }, parts);
        listing.catch(() => undefined);
      }
      yield* versions;
    } while (marker !== undefined && left > 0 && parts.now() <= endMs);
  }
  return { blobs, next: () => marker };
}

async function listOf(
  { prefix, after, limit }: { readonly prefix: string; readonly after: string | undefined; readonly limit: number },
  { images, imagesContainer: container }: FolderParts,
): ReturnType<ImageStore['list']> {
  try {
    const from = after === undefined ? {} : { continuation: after };
    return await images.list({ container, limit, ...(prefix === '' ? {} : { prefix }), ...from });
  } catch (error) {
    throw listRefusal(error, { container, continuation: after }) ?? error;
  }
}

async function lookAt(
  blob: BlobVersion,
  request: AnalysisRequest,
  { images, ...look }: Pick<FolderParts, 'images'> & LookParts,
): Promise<Look> {
  const { name } = blob;
  try {
    return await lookAtBlob({ name, ...fileOf(blob, { images }) }, request, look);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name, code: error.code, detail: error.detail };
  }
}

/** How many documents there are, and how many of the counted images are their pages. */
export function documentsOf(looks: readonly Look[]): Pick<FolderAnswer, 'documents'> {
  const documents = looks.flatMap((look) => ('sizes' in look && look.isDocument ? look : []));
  if (documents.length === 0) return {};
  return { documents: { files: documents.length, pages: documents.reduce((sum, { sizes }) => sum + sizes.length, 0) } };
}

/** The sizes of all that would be analysed. */
export function sizesIn(looks: readonly Look[]): readonly GivenSize[] {
  return looks.flatMap((look) => ('sizes' in look ? look.sizes : []));
}
