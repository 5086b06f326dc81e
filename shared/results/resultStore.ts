import type { BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import type { AnalysisFacts, SucceededRecord } from '../records/analysisRecord.ts';
import { type AnalysisResult, analysisView, type KeptView, recordOfView } from '../records/analysisView.ts';
import { isNotThere } from '../storage/refusalKind.ts';
import { parseStored, SpoiltRow } from '../storage/spoiltRow.ts';
import { blobRefusal, StorageRefused } from '../storage/storageRefused.ts';
import { keptViewSchema } from './keptView.ts';
import { markIn, type ResultMark, resultMarkOf } from './resultMark.ts';
import { resultName } from './resultName.ts';
import { readMark, writeUnlessNewer } from './writeUnlessNewer.ts';

/**
 * Stores each result as a JSON and a Markdown blob: for dropped files by name, for HTTP calls by id.
 *
 * Every method throws `StorageRefused` for a blob, or a container, that only an operator can make usable.
 */
export interface ResultStore {
  /**
   * `superseded`: the result of a newer version of the same image exists and stays.
   *
   * @param isPresent whether the record's version is the image's current one: used when the storage's whole seconds
   * cannot show which of two versions is newer
   */
  keep(
    record: SucceededRecord,
    result: AnalysisResult,
    isPresent: () => Promise<boolean>,
  ): Promise<'kept' | 'superseded'>;
  /** The stored result of this analysis, if there is one. */
  find(record: AnalysisFacts): Promise<AnalysisResult | undefined>;
  /** The record as stored with its result: the state that a crashed worker had reached. */
  findKept(
    record: AnalysisFacts,
  ): Promise<{ readonly record: SucceededRecord; readonly result: AnalysisResult } | undefined>;
  /** The blob at the place of this analysis's result, if it belongs to that analysis. */
  viewOf(place: AnalysisFacts, analysisId: string): Promise<KeptView | undefined>;
  /**
   * The marks of the blob at this analysis's place.
   *
   * @throws {StorageRefused} also if that blob can be read but not overwritten, so that this is known before anything
   * is paid for
   */
  markOf(record: AnalysisFacts): Promise<Partial<ResultMark> | undefined>;
  /**
   * Whether the container of this analysis's result refused the last write: then check it before anything is paid for.
   */
  isDoubtful(record: AnalysisFacts): boolean;
  /** Container and name of the JSON result. */
  placeOf(record: AnalysisFacts): { readonly container: string; readonly name: string };
}

export function createResultStore(dependencies: {
  readonly blobs: BlobServiceClient;
  readonly resultsContainer: string;
}): ResultStore {
  const { blobs, resultsContainer } = dependencies;
  const doubtful = new Set<string>();

  function placeOf(record: AnalysisFacts): { container: string; name: string } {
    const container = record.source.kind === 'blob' ? resultsContainer : `${resultsContainer}-http`;
    return { container, name: `${resultName(record)}.json` };
  }

  function blobOf(record: AnalysisFacts, ending: 'json' | 'md'): BlockBlobClient {
    const { container } = placeOf(record);
    return blobs.getContainerClient(container).getBlockBlobClient(`${resultName(record)}.${ending}`);
  }

  async function keep(
    record: SucceededRecord,
    result: AnalysisResult,
    isPresent: () => Promise<boolean>,
  ): Promise<'kept' | 'superseded'> {
    const json = Buffer.from(`${JSON.stringify(analysisView(record, result), null, 2)}\n`);
    const write = (ending: 'json' | 'md', body: Buffer, contentType: string): Promise<'kept' | 'superseded'> =>
      writeUnlessNewer(blobOf(record, ending), { body, contentType, mark: resultMarkOf(record), isPresent });
    const { container } = placeOf(record);
    try {
      const [kept] = await Promise.all([
        write('json', json, 'application/json'),
        write('md', Buffer.from(result.markdown), 'text/markdown; charset=utf-8'),
      ]);
      doubtful.delete(container);
      return kept;
    } catch (error) {
      if (error instanceof StorageRefused && error.scope === 'container') doubtful.add(container);
      throw error;
    }
  }

  async function viewOf(place: AnalysisFacts, analysisId = place.id): Promise<KeptView | undefined> {
    const blob = blobOf(place, 'json');
    try {
      const { containerName: home, name: key } = blob;
      const json = (await blob.downloadToBuffer()).toString('utf8');
      const there: unknown = JSON.parse(json);
      return isOf(analysisId, there) ? parseStored(keptViewSchema(), there, { home, key }) : undefined;
    } catch (error) {
      if (isNotThere(error)) return undefined;
      if (error instanceof SyntaxError) throw spoilt(blob, 'its content is not JSON');
      if (error instanceof SpoiltRow) throw spoilt(blob, error.problem);
      throw blobRefusal(error, { container: blob.containerName, name: blob.name, use: 'read' }) ?? error;
    }
  }

  async function find(record: AnalysisFacts): Promise<AnalysisResult | undefined> {
    const view = await viewOf(record);
    return view && resultOf(view);
  }

  async function findKept(record: AnalysisFacts): ReturnType<ResultStore['findKept']> {
    const view = await viewOf(record);
    if (!view) return undefined;
    const { metadata } = await blobOf(record, 'json').getProperties();
    const result = resultOf(view);
    return { record: recordOfView(record, view, markIn(metadata)), result };
  }

  const isDoubtful = (record: AnalysisFacts): boolean => doubtful.has(placeOf(record).container);

  return {
    ...{ keep, find, findKept, viewOf, isDoubtful, placeOf },
    markOf: (record) => readMark(blobOf(record, 'json')),
  };
}

function resultOf({ answer, markdown, pages }: KeptView): AnalysisResult {
  return { answer, markdown, ...(pages && { pages }) };
}

function isOf(analysisId: string, there: unknown): boolean {
  return typeof there === 'object' && there !== null && 'id' in there && there.id === analysisId;
}

/** Another program has written there. The parser's message is left out, because it quotes the content. */
function spoilt({ containerName, name }: BlockBlobClient, problem: string): StorageRefused {
  const detail = `The blob ${containerName}/${name} cannot be read: ${problem}. Restore it, or delete it.`;
  return new StorageRefused('blob', detail);
}
