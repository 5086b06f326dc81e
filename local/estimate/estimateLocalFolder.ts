import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { allModels, modelKey } from '../../shared/catalog/catalog.ts';
import { inParallel } from '../../shared/concurrency/inParallel.ts';
import { createDocumentOpener } from '../../shared/documents/documentOpener.ts';
import { createPdfReader } from '../../shared/documents/pdf/pdfReader.ts';
import { AppError, collectProblems, InvalidRequest, type Problem } from '../../shared/errors.ts';
import { documentsOf, type FolderAnswer, type Look, sizesIn } from '../../shared/estimates/estimateFolder.ts';
import { estimateModels, modelsOf } from '../../shared/estimates/estimateModels.ts';
import { createFirstReads } from '../../shared/estimates/firstReads.ts';
import { type LookParts, lookAtBlob } from '../../shared/estimates/lookAtBlob.ts';
import type { AnalysisRequest } from '../../shared/requests/analysisRequest.ts';
import { resolveRequest } from '../../shared/requests/resolveRequest.ts';
import { createCalibrations } from '../../shared/tokens/calibrations.ts';
import { alikeTogether } from '../../shared/tokens/imageSize.ts';
import { sizeClasses } from '../../shared/tokens/sizeClasses.ts';
import { findImages } from '../start/findImages.ts';

/** As an installation has them when nothing is set. */
const DOCUMENTS = { maxPages: 200, openPages: undefined };
const LIMITS = { maxBytes: 100 * 1024 * 1024, maxPixels: 268_402_689 };

interface LocalQuestion {
  readonly folder: string;
  /** `task`, `detail`, `quality` and so on, as a caller over HTTP would send them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names or `name@version`; absent: every model that can be estimated and is not retired. */
  readonly models?: readonly string[];
  readonly tokensPerMinute?: number;
  /** Problems that the caller has found, which are reported with the others. */
  readonly problems?: readonly Problem[];
  readonly nowMs: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * What the images of a folder on this machine would cost on each model: the answer of POST /estimate for a folder.
 *
 * @throws {InvalidRequest} with every problem of the options and models
 * @throws Error with a sentence when the folder cannot be read or holds no images
 */
export async function estimateLocalFolder(question: LocalQuestion): Promise<FolderAnswer> {
  const { folder, options, tokensPerMinute, nowMs } = question;
  const problems: Problem[] = [...(question.problems ?? [])];
  const models = collectProblems(problems, () => modelsOf(question.models ?? livingModels(), []));
  const request = collectProblems(problems, () =>
    resolveRequest(options, { task: 'analyze', model: '', language: undefined, deployments: [] }),
  );
  if (!models || !request || problems.length > 0) throw new InvalidRequest(problems);
  const looks = await lookAtFiles(await findImages(folder), request, question);
  const sizes = alikeTogether(sizesIn(looks));
  const estimates = await estimateModels(models, sizes, {
    request,
    deployments: [],
    calibrations: createCalibrations(),
    nowMs,
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
  });
  return {
    images: sizes.reduce((sum, { count }) => sum + count, 0),
    ...documentsOf(looks),
    rejected: looks.flatMap((seen) => ('code' in seen ? seen : [])),
    estimates: estimates.map(({ perImage, ...totals }) => ({ ...totals, bySize: sizeClasses(perImage) })),
  };
}

function livingModels(): readonly string[] {
  return allModels()
    .filter(({ lifecycle, imageTokens }) => lifecycle.stage !== 'retired' && imageTokens.rule.kind !== 'unknown')
    .map(modelKey);
}

async function lookAtFiles(
  files: readonly string[],
  request: AnalysisRequest,
  { folder, onProgress }: LocalQuestion,
): Promise<readonly Look[]> {
  const pdf = createPdfReader();
  const documents = createDocumentOpener({ limits: LIMITS, pdf });
  const parts = {
    limits: LIMITS,
    firstReads: createFirstReads(),
    large: pLimit(1),
    documents,
    documentLimits: DOCUMENTS,
  };
  let done = 0;
  const looks = await inParallel(files, async (name) => {
    const seen = await lookAtFile({ path: join(folder, name), name }, request, parts);
    done += 1;
    onProgress?.(done, files.length);
    return seen;
  });
  await pdf.close();
  return looks;
}

async function lookAtFile(
  { path, name }: { readonly path: string; readonly name: string },
  request: AnalysisRequest,
  parts: LookParts,
): Promise<Look> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const handle = file;
    const { size: totalBytes } = await file.stat();
    const read = async (offset: number, count: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, offset);
      return buffer.subarray(0, bytesRead);
    };
    const all = (): Promise<Buffer> => read(0, totalBytes);
    return await lookAtBlob({ name, key: path, totalBytes, read, all }, request, parts);
  } catch (error) {
    if (error instanceof AppError) return { name, code: error.code, detail: error.detail };
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { name, code: 'bytes-gone', detail: `${name} cannot be read: ${message}.` };
  } finally {
    await file?.close();
  }
}
