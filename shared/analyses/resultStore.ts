import type { BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import { statusOf } from '../storage/storageError.ts';
import type { AnalysisRecord } from './analysisRecord.ts';
import { type AnalysisResult, type AnalysisView, analysisView, recordOfView } from './analysisView.ts';
import { type ResultMark, resultMarkOf } from './resultMark.ts';
import { resultName } from './resultName.ts';

/** Keeps the results as a JSON and a Markdown blob each; of dropped files beside their name, of HTTP calls by their id. */
export interface ResultStore {
  /**
   * `superseded`: the result of a newer version of the same image is already there, and stays.
   *
   * @param isPresent whether the record's version is the one that the image has now: asked where the storage's whole
   * seconds do not tell which of two versions is newer
   */
  keep(
    record: AnalysisRecord,
    result: AnalysisResult,
    isPresent: () => Promise<boolean>,
  ): Promise<'kept' | 'superseded'>;
  /** The result of this very analysis, if it was kept. */
  find(record: AnalysisRecord): Promise<AnalysisResult | undefined>;
  /** The record as it was when its result was kept, if it was: what a holder that died had come to. */
  findKept(
    record: AnalysisRecord,
  ): Promise<{ readonly record: AnalysisRecord; readonly result: AnalysisResult } | undefined>;
  /** What lies in the place of this analysis's result, if it is of that analysis. */
  viewOf(place: AnalysisRecord, analysisId: string): Promise<AnalysisView | undefined>;
  /** Whose result lies where this analysis's would, and of which content. */
  markOf(record: AnalysisRecord): Promise<Partial<ResultMark> | undefined>;
  /** Container and name of the JSON result. */
  placeOf(record: AnalysisRecord): { readonly container: string; readonly name: string };
}

const MOST_TRIES = 5;

export function createResultStore(dependencies: {
  readonly blobs: BlobServiceClient;
  readonly resultsContainer: string;
}): ResultStore {
  const { blobs, resultsContainer } = dependencies;

  function placeOf(record: AnalysisRecord): { container: string; name: string } {
    const container = record.source.kind === 'blob' ? resultsContainer : `${resultsContainer}-http`;
    return { container, name: `${resultName(record)}.json` };
  }

  function blobOf(record: AnalysisRecord, ending: 'json' | 'md'): BlockBlobClient {
    const { container } = placeOf(record);
    return blobs.getContainerClient(container).getBlockBlobClient(`${resultName(record)}.${ending}`);
  }

  async function keep(
    record: AnalysisRecord,
    result: AnalysisResult,
    isPresent: () => Promise<boolean>,
  ): Promise<'kept' | 'superseded'> {
    const json = Buffer.from(`${JSON.stringify(analysisView(record, result), null, 2)}\n`);
    const write = (ending: 'json' | 'md', body: Buffer, contentType: string): Promise<'kept' | 'superseded'> =>
      writeUnlessNewer(blobOf(record, ending), { body, contentType, mark: resultMarkOf(record), isPresent });
    const [kept] = await Promise.all([
      write('json', json, 'application/json'),
      write('md', Buffer.from(result.markdown), 'text/markdown; charset=utf-8'),
    ]);
    return kept;
  }

  async function viewOf(place: AnalysisRecord, analysisId = place.id): Promise<AnalysisView | undefined> {
    try {
      const json = await blobOf(place, 'json').downloadToBuffer();
      const view = JSON.parse(json.toString('utf8')) as AnalysisView;
      return view.id === analysisId ? view : undefined;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async function find(record: AnalysisRecord): Promise<AnalysisResult | undefined> {
    const view = await viewOf(record);
    return view && { answer: view.answer, markdown: view.markdown ?? '' };
  }

  async function findKept(record: AnalysisRecord): ReturnType<ResultStore['findKept']> {
    const view = await viewOf(record);
    if (!view) return undefined;
    return { record: recordOfView(record, view), result: { answer: view.answer, markdown: view.markdown ?? '' } };
  }

  const markOf = (record: AnalysisRecord): Promise<Partial<ResultMark> | undefined> =>
    headOf(blobOf(record, 'json')).then((there) => there?.metadata);

  return { keep, find, findKept, viewOf, markOf, placeOf };
}

interface Content {
  readonly body: Buffer;
  readonly contentType: string;
  readonly mark: ResultMark;
  readonly isPresent: () => Promise<boolean>;
}

async function writeUnlessNewer(blob: BlockBlobClient, content: Content): Promise<'kept' | 'superseded'> {
  // Most results are the first of their name: written blindly, and only looked at when something is there.
  let condition: { ifNoneMatch: string } | { ifMatch: string } = { ifNoneMatch: '*' };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      await blob.upload(content.body, content.body.byteLength, {
        conditions: condition,
        metadata: { ...content.mark },
        blobHTTPHeaders: { blobContentType: content.contentType },
      });
      return 'kept';
    } catch (error) {
      const status = statusOf(error);
      if (status !== 409 && status !== 412) throw error;
    }
    const there = await headOf(blob);
    if (there && (await isNewer(there.metadata ?? {}, content))) return 'superseded';
    condition = there ? { ifMatch: there.etag ?? '*' } : { ifNoneMatch: '*' };
  }
  throw new Error(`The result ${blob.name} kept changing while it was written, ${MOST_TRIES} times.`);
}

/** The storage tells times in whole seconds: of two versions of one second, the one that the image has now is newer. */
async function isNewer(there: Partial<ResultMark>, { mark, isPresent }: Content): Promise<boolean> {
  if (there.analysisid === mark.analysisid) return false;
  const laterMs = Number(there.sourcemodified ?? 0) - Number(mark.sourcemodified);
  return laterMs > 0 || (laterMs === 0 && !(await isPresent()));
}

async function headOf(
  blob: BlockBlobClient,
): Promise<{ readonly metadata?: Partial<ResultMark>; readonly etag?: string } | undefined> {
  try {
    const { metadata, etag } = await blob.getProperties();
    return { metadata: metadata ?? {}, ...(etag === undefined ? {} : { etag }) };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
