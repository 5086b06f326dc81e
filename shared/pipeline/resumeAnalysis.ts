import type { Capabilities } from '../capabilities.ts';
import { bytesInHand, type ImageBytes } from '../image/lookAtImage.ts';
import { type AnalysisFacts, leaseOf, startOf } from '../records/analysisRecord.ts';
import { createRecordKeeper, type RecordKeeper, unlessTaken } from '../records/recordKeeper.ts';
import type { StoredAnalysis } from '../records/storedAnalysis.ts';
import { endGone } from '../results/endGone.ts';
import { SHOWN_EARLY_MS } from '../storage/dueQueue.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import type { Acquired } from './acquireAnalysis.ts';
import { type AnalyzeImageNeeds, analyzeImage, endWork, type WorkEnd } from './analyzeImage.ts';
import { acquireWhenDue, analyzeUpload, bytesOf, postponeWork, type UploadNeeds } from './analyzeUpload.ts';
import { dropBytes } from './inboxBytes.ts';

/** How much later than a message shows early it may arrive: a queue's whole seconds and the host's polling. */
const POLLED_LATE_MS = 2000;

const SHOWN_WAIT_MS = SHOWN_EARLY_MS + POLLED_LATE_MS;

/** What was called back early, so that a start never lacks somebody to take it, waits for its turn as long as this. */
const CALLED_WAIT_MS = 40_000;

/** Goes on with an analysis that waited, or that somebody left behind. */
export async function resumeAnalysis(analysisId: string, given: UploadNeeds): Promise<void> {
  // A message shows early: what it calls must be waited for at least that long, or it would be put off over and over.
  const parts = { ...given, inlineWaitMs: Math.max(given.inlineWaitMs, SHOWN_WAIT_MS) };
  const found = await findUnclaimed(analysisId, parts);
  if (!found) return;
  const placeInLineMs = startOf(found.record);
  if (placeInLineMs !== undefined && placeInLineMs > parts.now() + parts.inlineWaitMs) {
    // A message can be put off for some days only; what starts later is called again.
    await parts.due.send(analysisId, placeInLineMs);
    return;
  }
  const claimed = await acquireWhenDue(found, parts);
  if (!claimed) return;
  const end = await workOn(claimed, placeInLineMs, parts);
  if (end.kind === 'changed') await loseImage(end.keeper, parts);
  if (end.kind === 'notPlaced') await unlessTaken(() => postponeWork(end, parts));
  // Bytes that could not be read, or whose answer could not be written, are left for a retry.
  if (end.kind === 'ended' && !(end.error instanceof StorageRefused)) await dropBytes(end.record, parts);
}

async function workOn(
  { stored, leaseEnd }: Acquired,
  placeInLineMs: number | undefined,
  parts: AnalyzeImageNeeds,
): Promise<WorkEnd> {
  const keeper = createRecordKeeper(parts.analyses, stored);
  let image: ImageBytes | undefined;
  try {
    image = await imageOf(stored.record, parts);
  } catch (error) {
    return await endWork(error, keeper, parts);
  }
  if (!image) return { kind: 'changed', keeper };
  return await analyzeImage(
    {
      start: stored,
      leaseEnd,
      image,
      caller: 'backlog',
      startBeforeMs: parts.now() + CALLED_WAIT_MS,
      ...(placeInLineMs === undefined ? {} : { placeInLineMs }),
    },
    parts,
  );
}

/**
 * The analysis, unless somebody holds it: then it is called again when the claim ends. A claim that ends in a moment, for
 * clocks differ, is waited for.
 */
async function findUnclaimed(
  analysisId: string,
  parts: Pick<Capabilities, 'analyses' | 'due' | 'now' | 'sleep'>,
): Promise<StoredAnalysis | undefined> {
  let found = await parts.analyses.find(analysisId);
  let leftMs = leftOfClaim(found, parts);
  if (leftMs > 0 && leftMs <= SHOWN_WAIT_MS) {
    await parts.sleep(leftMs);
    found = await parts.analyses.find(analysisId);
    leftMs = leftOfClaim(found, parts);
  }
  if (leftMs <= 0) return found;
  await parts.due.showAt(analysisId, parts.now() + leftMs);
  return undefined;
}

function leftOfClaim(stored: StoredAnalysis | undefined, { now }: Pick<Capabilities, 'now'>): number {
  return ((stored && leaseOf(stored.record)?.untilMs) ?? 0) - now();
}

async function imageOf(record: AnalysisFacts, parts: Pick<Capabilities, 'images'>): Promise<ImageBytes | undefined> {
  const { source } = record;
  if (source.kind === 'http') {
    const bytes = await parts.images.readInbox(record.id);
    return bytes && bytesInHand(bytes);
  }
  const version = await parts.images.head(source);
  return version?.etag === source.etag ? bytesOf(version, parts) : undefined;
}

/** The version that was to be analysed is gone; a newer one of the same name is taken instead. */
async function loseImage(keeper: RecordKeeper, parts: UploadNeeds): Promise<void> {
  const { source } = keeper.current();
  const isOurs = await unlessTaken(async () => {
    await endGone(keeper, parts);
    return true;
  });
  if (isOurs && source.kind === 'blob') await analyzeUpload(source, parts);
}
