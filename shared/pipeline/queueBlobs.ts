import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { analysisOfUpload } from '../records/analysisOfBlob.ts';
import { insertRefused } from '../records/insertRefused.ts';
import type { UploadOverrides } from '../requests/uploadRequest.ts';
import type { BlobVersion } from '../storage/imageStore.ts';
import { listRefusal } from '../storage/listRefusal.ts';
import { SpoiltRow } from '../storage/spoiltRow.ts';

/** Which files in the images container to analyse. */
export interface QueueCall extends UploadOverrides {
  readonly prefix?: string;
  /** Only count them. */
  readonly isDryRun: boolean;
  /** The continuation of an earlier call. */
  readonly continuation?: string;
}

export interface QueueEnd {
  /** Files whose current version has no analysis of that request. */
  readonly matched: number;
  readonly queued: number;
  /** Present if more of the container remains: call again with it. */
  readonly continuation?: string;
}

/** How many files are checked before the time is checked again. */
const PAGE_BLOBS = 1_000;

/** A call must end well before the platform's limit of 230 s for an HTTP response. */
const LONGEST_CALL_MS = 60_000;

const MOST_BLOBS_A_CALL = 20_000;

/**
 * Queues every file whose current version has no analysis of that request. One call does a bounded amount of work.
 * Repeating it is harmless: files with a record are skipped.
 *
 * @throws {InvalidRequest} for a continuation that no page of this folder gave
 * @throws {NotPossible} `not-found` if the container does not exist
 * @throws {StorageRefused} if the app may not list it
 */
export async function queueBlobs(
  call: QueueCall,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'due' | 'images' | 'imagesContainer' | 'now' | 'signal'>,
): Promise<QueueEnd> {
  const untilMs = parts.now() + LONGEST_CALL_MS;
  let end: QueueEnd = { matched: 0, queued: 0, ...(call.continuation && { continuation: call.continuation }) };
  for (let looked = 0; ; ) {
    const { versions, continuation } = await pageOf(call.prefix, end.continuation, parts);
    const outcomes = await inParallel(versions, (version) => queueVersion(version, call, parts));
    const matched = end.matched + outcomes.filter((outcome) => outcome !== 'known').length;
    const queued = end.queued + outcomes.filter((outcome) => outcome === 'queued').length;
    end = { matched, queued, ...(continuation && { continuation }) };
    looked += versions.length;
    if (!continuation || looked >= MOST_BLOBS_A_CALL || parts.now() >= untilMs) return end;
  }
}

async function pageOf(
  prefix: string | undefined,
  from: string | undefined,
  { images, imagesContainer: container }: Pick<Capabilities, 'images' | 'imagesContainer'>,
): ReturnType<Capabilities['images']['list']> {
  try {
    return await images.list({
      ...{ container, limit: PAGE_BLOBS },
      ...(prefix && { prefix }),
      ...(from && { continuation: from }),
    });
  } catch (error) {
    throw listRefusal(error, { container, continuation: from }) ?? error;
  }
}

/** Creates the record of a version and sends its message, unless it has a record. */
export async function queueVersion(
  version: BlobVersion,
  { isDryRun, ...call }: Omit<QueueCall, 'continuation' | 'prefix'>,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'due' | 'now' | 'signal'>,
): Promise<'known' | 'matched' | 'queued'> {
  const { task, model, parts: cut, pages, allowMissingPages, maxUsd } = call;
  const overrides = {
    ...(task === undefined ? {} : { task }),
    ...(model === undefined ? {} : { model }),
    ...(cut === undefined ? {} : { parts: cut }),
    ...(pages === undefined ? {} : { pages }),
    ...(allowMissingPages === undefined ? {} : { allowMissingPages }),
    ...(maxUsd === undefined ? {} : { maxUsd }),
  };
  const nowMs = parts.now();
  const { fresh, problem } = analysisOfUpload(version, { defaults: parts.defaults, nowMs, overrides });
  if (await isRecorded(fresh.id, parts)) return 'known';
  if (isDryRun) return 'matched';
  const kept = await (problem ? insertRefused(fresh, problem, parts) : parts.analyses.insert(fresh));
  if (kept.kind === 'exists') return 'known';
  // If a crash prevents this message, the timer wakes the analysis.
  if (!problem) await parts.due.send(fresh.id, nowMs);
  return 'queued';
}

/** A row that cannot be read counts as a record: it must not block the files after it. */
async function isRecorded(id: string, { analyses }: Pick<Capabilities, 'analyses'>): Promise<boolean> {
  try {
    return (await analyses.find(id)) !== undefined;
  } catch (error) {
    if (error instanceof SpoiltRow) return true;
    throw error;
  }
}
