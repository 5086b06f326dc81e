import type { BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import { type AnalysisRecord, resultName } from './analysisRecord.ts';
import { type AnalysisResult, type AnalysisView, analysisView, recordOfView } from './analysisView.ts';
import { statusOf } from './storageStatus.ts';

/** Keeps the results as a JSON and a Markdown blob each; of dropped files beside their name, of HTTP calls by their id. */
export interface ResultStore {
  /** `superseded`: the result of a newer version of the same image is already there, and stays. */
  keep(record: AnalysisRecord, result: AnalysisResult): Promise<'kept' | 'superseded'>;
  /** The result of this very analysis, if it was kept. */
  find(record: AnalysisRecord): Promise<AnalysisResult | undefined>;
  /** The record as it was when its result was kept, if it was: what a holder that died had come to. */
  findKept(record: AnalysisRecord): Promise<AnalysisRecord | undefined>;
  /** Container and name of the JSON result. */
  placeOf(record: AnalysisRecord): { readonly container: string; readonly name: string };
}

/** Metadata of a result blob, by which a later writer sees whose it is. */
interface ResultMark {
  readonly analysisid: string;
  /** When the image version was written, epoch milliseconds. */
  readonly sourcemodified: string;
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

  async function keep(record: AnalysisRecord, result: AnalysisResult): Promise<'kept' | 'superseded'> {
    const json = Buffer.from(`${JSON.stringify(analysisView(record, result), null, 2)}\n`);
    const kept = await writeUnlessNewer(blobOf(record, 'json'), record, {
      body: json,
      contentType: 'application/json',
    });
    if (kept === 'superseded') return kept;
    return writeUnlessNewer(blobOf(record, 'md'), record, {
      body: Buffer.from(result.markdown),
      contentType: 'text/markdown; charset=utf-8',
    });
  }

  async function readView(record: AnalysisRecord): Promise<AnalysisView | undefined> {
    try {
      const json = await blobOf(record, 'json').downloadToBuffer();
      const view = JSON.parse(json.toString('utf8')) as AnalysisView;
      return view.id === record.id ? view : undefined;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async function find(record: AnalysisRecord): Promise<AnalysisResult | undefined> {
    const view = await readView(record);
    return view && { answer: view.answer, markdown: view.markdown ?? '' };
  }

  async function findKept(record: AnalysisRecord): Promise<AnalysisRecord | undefined> {
    const view = await readView(record);
    return view && recordOfView(record, view);
  }

  return { keep, find, findKept, placeOf };
}

async function writeUnlessNewer(
  blob: BlockBlobClient,
  record: AnalysisRecord,
  content: { readonly body: Buffer; readonly contentType: string },
): Promise<'kept' | 'superseded'> {
  const modifiedMs = record.source.kind === 'blob' ? record.source.modifiedMs : record.createdAtMs;
  const mark: ResultMark = { analysisid: record.id, sourcemodified: String(modifiedMs) };
  // Most results are the first of their name: written blindly, and only looked at when something is there.
  let condition: { ifNoneMatch: string } | { ifMatch: string } = { ifNoneMatch: '*' };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      await blob.upload(content.body, content.body.byteLength, {
        conditions: condition,
        metadata: { ...mark },
        blobHTTPHeaders: { blobContentType: content.contentType },
      });
      return 'kept';
    } catch (error) {
      const status = statusOf(error);
      if (status !== 409 && status !== 412) throw error;
    }
    const there = await blob.getProperties().catch((error: unknown) => {
      if (statusOf(error) === 404) return undefined;
      throw error;
    });
    if (!there) {
      condition = { ifNoneMatch: '*' };
      continue;
    }
    if (Number(there.metadata?.sourcemodified ?? 0) > modifiedMs) return 'superseded';
    condition = { ifMatch: there.etag ?? '*' };
  }
  throw new Error(`The result ${blob.name} kept changing while it was written, ${MOST_TRIES} times.`);
}
