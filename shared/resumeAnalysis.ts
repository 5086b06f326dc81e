import type { AnalysisRecord } from './analyses/analysisRecord.ts';
import { endedBy } from './analyses/analysisSteps.ts';
import type { StoredAnalysis } from './analyses/analysisStore.ts';
import { SHOWN_EARLY_MS } from './analyses/dueQueue.ts';
import { bytesGone } from './analyses/imageStore.ts';
import { bytesInHand, type ImageBytes } from './analyses/lookAtImage.ts';
import { analyzeImage } from './analyzeImage.ts';
import { analyzeUpload, type BacklogParts, bytesOf, putOffUnplaced, takeUp } from './analyzeUpload.ts';

/** A queue's whole seconds and the host's polling. */
const POLLED_LATE_MS = 2000;

/** Goes on with an analysis that waited, or that somebody left behind. */
export async function resumeAnalysis(analysisId: string, given: BacklogParts): Promise<void> {
  // A message shows early: what it calls must be waited for at least that long, or it would be put off over and over.
  const parts = { ...given, inlineWaitMs: Math.max(given.inlineWaitMs, SHOWN_EARLY_MS + POLLED_LATE_MS) };
  const found = await parts.analyses.find(analysisId);
  if (!found) return;
  const placeInLineMs = found.record.startsAtMs ?? undefined;
  if (placeInLineMs !== undefined && placeInLineMs > parts.now() + parts.inlineWaitMs) {
    // A message can be put off for some days only; what starts later is called again.
    await parts.due.send(analysisId, placeInLineMs);
    return;
  }
  const claimed = await takeUp(found, parts);
  if (!claimed) return;
  if (await adoptKeptResult(claimed, parts)) return;
  const image = await imageOf(claimed.record, parts);
  if (!image) {
    await loseImage(claimed, parts);
    return;
  }
  const end = await analyzeImage(
    {
      start: claimed,
      image,
      caller: 'backlog',
      startBeforeMs: parts.now() + parts.inlineWaitMs,
      ...(placeInLineMs === undefined ? {} : { placeInLineMs }),
    },
    parts,
  );
  if (end.kind === 'changed') await loseImage(claimed, parts);
  if (end.kind === 'notPlaced') await putOffUnplaced(end, parts);
  if (end.kind === 'ended' && end.record.source.kind === 'http') await parts.images.removeInbox(end.record.id);
}

/** How late an analysis may be before the timer takes it that its message was lost. */
const LATE_MS = 60_000;

/** A timer's run ends before the next one starts. */
const MOST_TAKEN_UP = 1_000;

/**
 * Calls what should have run and did not: a message was lost, or whoever worked on it died.
 *
 * @returns how many were called
 */
export async function takeUpLost(parts: BacklogParts): Promise<number> {
  let calledCount = 0;
  for await (const { record } of parts.analyses.open()) {
    if (!isLost(record, parts.now())) continue;
    await parts.due.send(record.id, parts.now());
    calledCount++;
    if (calledCount >= MOST_TAKEN_UP) break;
  }
  if (calledCount > 0) parts.signal({ event: 'sweep.recovered', facts: { analyses: calledCount } });
  return calledCount;
}

function isLost(record: AnalysisRecord, nowMs: number): boolean {
  if (record.lease) return record.lease.untilMs < nowMs;
  return (record.startsAtMs ?? record.createdAtMs) + LATE_MS < nowMs;
}

/** A holder that died after keeping the answer has paid for it: the record is completed from it. */
async function adoptKeptResult(claimed: StoredAnalysis, parts: BacklogParts): Promise<boolean> {
  if (claimed.record.attempts.length === 0) return false;
  const kept = await parts.results.findKept(claimed.record);
  if (!kept) return false;
  await parts.analyses.replace(claimed, kept);
  return true;
}

async function imageOf(record: AnalysisRecord, parts: BacklogParts): Promise<ImageBytes | undefined> {
  const { source } = record;
  if (source.kind === 'http') {
    const bytes = await parts.images.readInbox(record.id);
    return bytes && bytesInHand(bytes);
  }
  const version = await parts.images.head(source);
  return version?.etag === source.etag ? bytesOf(version, parts) : undefined;
}

/** The version that was to be analysed is gone; a newer one of the same name is taken instead. */
async function loseImage(claimed: StoredAnalysis, parts: BacklogParts): Promise<void> {
  const { record } = claimed;
  const { source } = record;
  await parts.analyses.replace(claimed, endedBy(record, bytesGone(record), parts.now()));
  if (source.kind === 'blob') await analyzeUpload(source, parts);
}
