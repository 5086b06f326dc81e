import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { type ErrorCode, ImageRejected, NotPossible } from '../errors.ts';
import { aboutAnalysis, aboutRecord } from '../records/aboutAnalysis.ts';
import { type CancelledRecord, errorOf, type FailedRecord, type QueuedRecord } from '../records/analysisRecord.ts';
import { pageOfId } from '../records/analysisSource.ts';
import { restarted } from '../records/restarted.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { type LeftAnalysis, MANY_AT_ONCE, type ManyChanged } from './manyAnalyses.ts';

export interface RetryMany {
  readonly status: 'failed' | 'cancelled';
  /** Only those with this error code. */
  readonly code?: ErrorCode;
  readonly prefix?: string;
  readonly continuation?: string;
}

type RetryNeeds = Pick<Capabilities, 'analyses' | 'due' | 'images' | 'now'>;

/**
 * Runs a failed or cancelled analysis again, from the beginning; or only writes the answer of one whose answer could
 * not be written.
 *
 * @throws {NotPossible} `not-found`; `conflict` for any other status, and for a page, which its document runs again
 * @throws {ImageRejected} `bytes-gone` when the image is no longer there
 */
export async function retryAnalysis(id: string, parts: RetryNeeds): Promise<QueuedRecord> {
  const stored = await parts.analyses.find(id);
  if (!stored) throw new NotPossible('not-found', `There is no analysis ${id}.`);
  const about = aboutRecord(stored.record);
  const page = pageOfId(id);
  if (page) {
    const detail = `The analysis ${id} is of a page. POST /analyses/${page.documentId}/retry asks for all pages of its document without an answer.`;
    throw aboutAnalysis(new NotPossible('conflict', detail), about);
  }
  if (!isRetriable(stored)) {
    const detail = `The analysis ${id} is ${stored.record.status}; only a failed or cancelled one is run again.`;
    throw aboutAnalysis(new NotPossible('conflict', detail), about);
  }
  if (!(await hasImage(stored.record, parts))) throw aboutAnalysis(await withoutImage(stored, parts), about);
  const again = await runAgain(stored, parts);
  if (again) return again;
  const detail = `The analysis ${id} was changed at the same moment; look at it again.`;
  throw aboutAnalysis(new NotPossible('conflict', detail), about);
}

/** The bytes of a call can be sent again: the next call with its key brings them. */
async function withoutImage(stored: RetriableAnalysis, parts: Pick<Capabilities, 'analyses'>): Promise<ImageRejected> {
  const { record } = stored;
  const { id, source } = record;
  if (source.kind === 'blob') {
    const detail = `The version of ${source.name} that the analysis ${id} is of was replaced or removed. Upload it again.`;
    return new ImageRejected('bytes-gone', detail);
  }
  await parts.analyses.replace(stored, { ...record, awaitsBytes: true });
  const detail = `The image of the analysis ${id} is no longer kept. Send it again, with its Idempotency-Key if it had one.`;
  return new ImageRejected('bytes-gone', detail);
}

/** Runs many again, a page at a time; `left` names those that stay unchanged. */
export async function retryAnalyses(wanted: RetryMany, parts: RetryNeeds): Promise<ManyChanged> {
  const { status, code, prefix, continuation } = wanted;
  const page = await parts.analyses.list({
    status,
    limit: MANY_AT_ONCE,
    ...(prefix === undefined ? {} : { prefix }),
    ...(continuation === undefined ? {} : { continuation }),
  });
  const matching = page.records.filter((record) => code === undefined || errorOf(record)?.code === code);
  const ends = await inParallel(matching, async ({ id }) => await retry(id, status, parts));
  const left = ends.filter((end) => end !== 'changed');
  return {
    matched: matching.length,
    changed: ends.length - left.length,
    ...(left.length > 0 ? { left } : {}),
    ...(page.continuation === undefined ? {} : { continuation: page.continuation }),
  };
}

async function retry(id: string, status: RetryMany['status'], parts: RetryNeeds): Promise<'changed' | LeftAnalysis> {
  const stored = await parts.analyses.find(id);
  if (!stored || !isRetriable(stored) || stored.record.status !== status) {
    return { id, reason: stored?.record.status ?? 'not-found' };
  }
  if (!(await hasImage(stored.record, parts))) return { id, reason: 'bytes-gone' };
  if (await runAgain(stored, parts)) return 'changed';
  return { id, reason: (await parts.analyses.find(id))?.record.status ?? 'not-found' };
}

async function runAgain(
  stored: RetriableAnalysis,
  parts: Pick<Capabilities, 'analyses' | 'due' | 'now'>,
): Promise<QueuedRecord | undefined> {
  const record = restarted(stored.record);
  const written = await parts.analyses.replace(stored, record);
  if (written.kind === 'changed') return undefined;
  if (stored.record.document) await retryPages(record.id, parts);
  await parts.due.send(record.id, parts.now());
  return record;
}

/** Of a document only the pages without an answer run again; those that were rejected stay so. */
async function retryPages(documentId: string, parts: Pick<Capabilities, 'analyses' | 'due' | 'now'>): Promise<void> {
  const pages = (await parts.analyses.pagesOf(documentId)).filter(isRetriable);
  await inParallel(pages, async (page) => {
    const again = await parts.analyses.replace(page, restarted(page.record));
    if (again.kind === 'replaced') await parts.due.send(page.record.id, parts.now());
  });
}

type RetriableAnalysis = StoredAnalysis<FailedRecord | CancelledRecord>;

function isRetriable(stored: StoredAnalysis): stored is RetriableAnalysis {
  return stored.record.status === 'failed' || stored.record.status === 'cancelled';
}

/** An analysis with a stored answer no longer needs its image. */
async function hasImage(
  { id, source, undelivered }: RetriableAnalysis['record'],
  parts: Pick<Capabilities, 'images'>,
): Promise<boolean> {
  if (undelivered !== undefined) return true;
  if (source.kind === 'blob') return (await parts.images.head(source))?.etag === source.etag;
  return await parts.images.isInInbox(id);
}
