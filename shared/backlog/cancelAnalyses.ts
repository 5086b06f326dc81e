import type { Capabilities } from '../capabilities.ts';
import { inParallel } from '../concurrency/inParallel.ts';
import { pageEnded } from '../pipeline/analyzeDocument.ts';
import { type AnalysisRecord, type FinalRecord, isPending, type PendingRecord } from '../records/analysisRecord.ts';
import { cancelled } from '../records/analysisSteps.ts';
import { signalEnd } from '../records/signalEnd.ts';
import { boughtOf, unmended } from '../results/boughtAnswer.ts';
import { deliver } from '../results/endOrDeliver.ts';
import { indexAnswer } from '../results/writeAnswer.ts';
import { type LeftAnalysis, MANY_AT_ONCE, type ManyChanged } from './manyAnalyses.ts';

export type CancelMany =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'prefix'; readonly prefix: string; readonly continuation?: string };

type CancelNeeds = Pick<
  Capabilities,
  'analyses' | 'answers' | 'due' | 'images' | 'ledger' | 'now' | 'results' | 'signal'
>;

/** How often a record is read again if a worker changes it at the same moment. */
const MOST_TRIES = 3;

/**
 * Cancels waiting work, a page at a time, and releases its queue position. Running work continues, because its request
 * may already be billed. Work that has a paid answer and only waits for a repair ends with that answer.
 */
export async function cancelAnalyses(wanted: CancelMany, parts: CancelNeeds): Promise<ManyChanged> {
  const page = await pageOf(wanted, parts);
  const waiting = page.records.filter(isPending);
  const ends = await inParallel(waiting, async ({ id }) => {
    const end = await cancel(id, parts);
    if (end === 'changed') await pageEnded(id, parts);
    return end;
  });
  const leftNow = ends.filter((end) => end !== 'changed');
  const running = page.records.filter((record) => !isPending(record));
  const left = [
    ...page.unknown.map((id) => ({ id, reason: 'not-found' as const })),
    ...running.map(({ id, status }) => ({ id, reason: status })),
    ...leftNow,
  ];
  const next = page.continuation === undefined ? {} : { continuation: page.continuation };
  return {
    matched: waiting.length,
    changed: ends.length - leftNow.length,
    ...(left.length > 0 ? { left } : {}),
    ...next,
  };
}

interface Page {
  readonly records: readonly AnalysisRecord[];
  /** Unknown ids. */
  readonly unknown: readonly string[];
  readonly continuation?: string;
}

async function pageOf(wanted: CancelMany, parts: Pick<Capabilities, 'analyses'>): Promise<Page> {
  if (wanted.kind === 'ids') {
    const ids = [...new Set(wanted.ids)];
    const found = await inParallel(ids, (id) => parts.analyses.find(id));
    return {
      records: found.flatMap((stored) => (stored ? [stored.record] : [])),
      unknown: ids.filter((_, place) => found[place] === undefined),
    };
  }
  const { prefix, continuation } = wanted;
  const page = await parts.analyses.list({
    group: 'open',
    prefix,
    limit: MANY_AT_ONCE,
    ...(continuation === undefined ? {} : { continuation }),
  });
  return { ...page, unknown: [] };
}

async function cancel(id: string, parts: CancelNeeds): Promise<'changed' | LeftAnalysis> {
  let reason: LeftAnalysis['reason'] = 'not-found';
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const stored = await parts.analyses.find(id);
    if (!stored) return { id, reason: 'not-found' };
    reason = stored.record.status;
    if (!isPending(stored.record)) break;
    const ended = await ending(stored.record, parts);
    const written = await parts.analyses.replace(stored, ended);
    if (written.kind === 'changed') continue;
    await Promise.all([parts.ledger.leave(ended.request.model, id), indexAnswer(ended, parts)]);
    signalEnd(ended, parts);
    if (ended.document) await cancelPages(id, parts);
    return 'changed';
  }
  return { id, reason };
}

/** What waits of a document's pages; running ones continue. */
async function cancelPages(documentId: string, parts: CancelNeeds): Promise<void> {
  const states = await parts.analyses.pageStates(documentId);
  const pending = states.filter(({ status }) => status === 'queued' || status === 'waiting');
  await inParallel(pending, async (page) => await cancel(page.id, parts));
}

async function ending(
  record: PendingRecord,
  parts: Pick<Capabilities, 'images' | 'now' | 'results'>,
): Promise<FinalRecord> {
  const bought = boughtOf(record);
  if (!bought) return cancelled(record, parts.now());
  return (await deliver(record, unmended(bought, 'The analysis was cancelled.'), parts)).record;
}
