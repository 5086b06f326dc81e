import type { Capabilities } from '../capabilities.ts';
import { type FileVersion, heldFile, type OpenedFile } from '../documents/openedFile.ts';
import { type AnalysisFacts, awaitsPages, leaseOf, startOf } from '../records/analysisRecord.ts';
import { createRecordKeeper, type RecordKeeper, unlessTaken } from '../records/recordKeeper.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { endGone } from '../results/endGone.ts';
import { SHOWN_EARLY_MS } from '../storage/dueQueue.ts';
import { INBOX_CONTAINER } from '../storage/imageStore.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { Acquired } from './acquireAnalysis.ts';
import { pageEnded } from './analyzeDocument.ts';
import { type AnalyzeImageNeeds, analyzeImage, endWork, type WorkEnd } from './analyzeImage.ts';
import { acquireWhenDue, analyzeUpload, fileOf, postponeWork, type UploadNeeds } from './analyzeUpload.ts';
import { dropBytes } from './inboxBytes.ts';

/** How late a message may arrive: a queue counts whole seconds, and the host polls. */
const POLLED_LATE_MS = 2000;

const SHOWN_WAIT_MS = SHOWN_EARLY_MS + POLLED_LATE_MS;

/** Work is woken early so that no start is left unused. It then waits for its start at most this long. */
const CALLED_WAIT_MS = 40_000;

/** Continues an analysis that waited, or whose worker crashed. After a page, its document goes on. */
export async function resumeAnalysis(analysisId: string, given: UploadNeeds): Promise<void> {
  // Messages appear early. Wait at least that long, or the work would be put off again and again.
  const parts = { ...given, inlineWaitMs: Math.max(given.inlineWaitMs, SHOWN_WAIT_MS) };
  const found = await findUnleased(analysisId, parts);
  if (!found) return;
  const placeInLineMs = awaitsPages(found.record) ? undefined : startOf(found.record);
  if (placeInLineMs !== undefined && placeInLineMs > parts.now() + parts.inlineWaitMs) {
    // A message can be delayed only for some days. A later start needs another message.
    await parts.due.send(analysisId, placeInLineMs);
    return;
  }
  const acquired = await acquireWhenDue(found, parts);
  // It may have ended in a process that was killed before its document went on.
  if (!acquired) return await pageEnded(analysisId, parts);
  const end = await workOn(acquired, placeInLineMs, parts);
  if (end.kind === 'changed') await loseImage(end.keeper, parts);
  if (end.kind === 'notPlaced') {
    const postponed = await unlessTaken(() => postponeWork(end, parts));
    if (postponed?.status === 'waiting') return;
  }
  // Keep bytes that could not be read, or whose answer could not be written, for a retry.
  if (end.kind === 'ended' && !(end.error instanceof StorageRefused)) await dropBytes(end.record, parts);
  await pageEnded(analysisId, parts);
}

async function workOn(
  { stored, leaseEnd }: Acquired,
  placeInLineMs: number | undefined,
  parts: AnalyzeImageNeeds & Pick<Capabilities, 'documents'>,
): Promise<WorkEnd> {
  const keeper = createRecordKeeper(parts.analyses, stored);
  let file: FileVersion | undefined;
  try {
    file = await fileOfRecord(stored.record, parts);
  } catch (error) {
    return await endWork(error, keeper, parts);
  }
  // The pages of a document that was accepted end by themselves.
  if (!file && !stored.record.document) return { kind: 'changed', keeper };
  return await analyzeImage(
    {
      start: stored,
      leaseEnd,
      open: () => openOf(stored.record, file, parts),
      caller: 'backlog',
      startBeforeMs: parts.now() + CALLED_WAIT_MS,
      ...(placeInLineMs === undefined ? {} : { placeInLineMs }),
    },
    parts,
  );
}

/**
 * The analysis, unless another worker holds its lease: then a message wakes it when the lease ends. If the lease ends
 * in a moment, this waits for it, because clocks differ.
 */
async function findUnleased(
  analysisId: string,
  parts: Pick<Capabilities, 'analyses' | 'due' | 'now' | 'sleep'>,
): Promise<StoredAnalysis | undefined> {
  let found = await parts.analyses.find(analysisId);
  let leftMs = leftOfLease(found, parts);
  if (leftMs > 0 && leftMs <= SHOWN_WAIT_MS) {
    await parts.sleep(leftMs);
    found = await parts.analyses.find(analysisId);
    leftMs = leftOfLease(found, parts);
  }
  if (leftMs <= 0) return found;
  await parts.due.showAt(analysisId, parts.now() + leftMs);
  return undefined;
}

function leftOfLease(stored: StoredAnalysis | undefined, { now }: Pick<Capabilities, 'now'>): number {
  return ((stored && leaseOf(stored.record)?.untilMs) ?? 0) - now();
}

/** The file that it is about; undefined where that version is gone. */
async function fileOfRecord(
  { id, source }: AnalysisFacts,
  parts: Pick<Capabilities, 'images'>,
): Promise<FileVersion | undefined> {
  const of = source.kind === 'page' ? source.of : source;
  if (of.kind === 'blob') {
    const version = await parts.images.head(of);
    return version?.etag === of.etag ? fileOf(version, parts) : undefined;
  }
  if (source.kind === 'page') {
    // In pieces, as they are needed: other pages read it too.
    const version = await parts.images.head({ container: INBOX_CONTAINER, name: source.documentId });
    return version && fileOf(version, parts);
  }
  const bytes = await parts.images.readInbox(id);
  return bytes && heldFile(bytes, `${INBOX_CONTAINER}/${id}`);
}

async function openOf(
  { id, source }: AnalysisFacts,
  file: FileVersion | undefined,
  parts: Pick<Capabilities, 'documents'>,
): Promise<OpenedFile> {
  if (!file) throw new Error(`${id} is a document whose file is gone; only its pages are looked at.`);
  if (source.kind !== 'page') return await parts.documents.open(file);
  const document = await parts.documents.openDocument(source.format, file);
  return { kind: 'image', image: await document.openPage(source.page) };
}

/** The version to analyse no longer exists. A newer one of the same name is analysed instead. */
async function loseImage(keeper: RecordKeeper, parts: UploadNeeds): Promise<void> {
  const { source } = keeper.current();
  const isOurs = await unlessTaken(async () => {
    await endGone(keeper, parts);
    return true;
  });
  if (isOurs && source.kind === 'blob') await analyzeUpload(source, parts);
}
