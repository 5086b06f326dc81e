import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { analysisOfUpload } from '../records/analysisOfBlob.ts';
import { insertRefused } from '../records/insertRefused.ts';
import type { UploadOverrides } from '../requests/uploadRequest.ts';
import type { BlobVersion } from '../storage/imageStore.ts';
import { listRefusal } from '../storage/listRefusal.ts';
import { SpoiltRow } from '../storage/spoiltRow.ts';

/** Which of the files that lie in the images container are to be analysed. */
export interface QueueCall extends UploadOverrides {
  readonly prefix?: string;
  /** Only count them. */
  readonly isDryRun: boolean;
  /** Where an earlier call ended. */
  readonly continuation?: string;
}

export interface QueueEnd {
  /** Files whose present version has no analysis of that request. */
  readonly matched: number;
  readonly queued: number;
  /** More of the container is to be looked at: call again with it. */
  readonly continuation?: string;
}

/** Looked at between two looks at the clock. */
const PAGE_BLOBS = 1_000;

/** A call ends well before the platform's 230 s for an HTTP answer. */
const LONGEST_CALL_MS = 60_000;

const MOST_BLOBS_A_CALL = 20_000;

/**
 * Queues every file that has no analysis of its present version for that request. The work of one call is bounded, and
 * doing it again changes nothing: what has a record is left alone.
 *
 * @throws {InvalidRequest} for a continuation that no page of this folder gave
 * @throws {NotPossible} `not-found` where there is no such container
 * @throws {StorageRefused} where the app may not list it
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

/** Gives a version its record and has it called, unless it has one. */
export async function queueVersion(
  version: BlobVersion,
  call: Pick<QueueCall, 'isDryRun' | 'task' | 'model' | 'parts'>,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'due' | 'now' | 'signal'>,
): Promise<'known' | 'matched' | 'queued'> {
  const { task, model, parts: cut, isDryRun } = call;
  const overrides = {
    ...(task === undefined ? {} : { task }),
    ...(model === undefined ? {} : { model }),
    ...(cut === undefined ? {} : { parts: cut }),
  };
  const nowMs = parts.now();
  const { fresh, problem } = analysisOfUpload(version, { defaults: parts.defaults, nowMs, overrides });
  if (await isRecorded(fresh.id, parts)) return 'known';
  if (isDryRun) return 'matched';
  const kept = await (problem ? insertRefused(fresh, problem, parts) : parts.analyses.insert(fresh));
  if (kept.kind === 'exists') return 'known';
  // Should this message be lost, with the process that was to send it, the timer calls what waits in vain.
  if (!problem) await parts.due.send(fresh.id, nowMs);
  return 'queued';
}

/** A row that cannot be read is a record too: such a one must not keep all files after it from their turn. */
async function isRecorded(id: string, { analyses }: Pick<Capabilities, 'analyses'>): Promise<boolean> {
  try {
    return (await analyses.find(id)) !== undefined;
  } catch (error) {
    if (error instanceof SpoiltRow) return true;
    throw error;
  }
}
