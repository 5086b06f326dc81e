import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import { GivenUp } from '../errors.ts';
import { pageEnded } from '../pipeline/analyzeDocument.ts';
import { mayHaveReachedModel } from '../pool/nextStep.ts';
import { analysisOfUpload } from '../records/analysisOfBlob.ts';
import { leaseOf, type OpenRecord } from '../records/analysisRecord.ts';
import { ANALYSIS_ID, sourceName } from '../records/analysisSource.ts';
import { insertRefused } from '../records/insertRefused.ts';
import { resendMessage } from '../records/resendMessage.ts';
import { signalEnd } from '../records/signalEnd.ts';
import { isStoredOpen, type StoredAnalysis } from '../records/storedAnalysis.ts';
import { endOrDeliver } from '../results/endOrDeliver.ts';
import type { BlobPlace } from '../storage/imageStore.ts';

/** What a message of a poison queue is about. */
type DeadLetter =
  | { readonly kind: 'analysis'; readonly analysisId: string }
  | { readonly kind: 'blob'; readonly place: BlobPlace };

const blobMessage = z.object({ ContainerName: z.string().min(1), BlobName: z.string().min(1) });
const dueMessage = z.object({ analysisId: z.string().regex(ANALYSIS_ID) });

/** Reads a poison message of the host's blob queue or of the queue of due analyses. Undefined for anything else. */
export function readDeadLetter(message: unknown): DeadLetter | undefined {
  const blob = blobMessage.safeParse(message);
  if (blob.success) {
    return { kind: 'blob', place: { container: blob.data.ContainerName, name: blob.data.BlobName } };
  }
  const due = dueMessage.safeParse(message);
  return due.success ? { kind: 'analysis', analysisId: due.data.analysisId } : undefined;
}

/** How often an analysis is woken again after a poison message. */
const MOST_CALLS_AGAIN = 3;
/** Delay before the first wake; it doubles each time. */
const CALLED_AGAIN_MS = 30_000;
/** After this many attempts without a result, a poison message does not wake the analysis again. */
const ASKED_ENOUGH = 5;

/**
 * Wakes the analysis of a poison message, unless it has ended or a worker holds its lease. Five killed processes are
 * enough to poison a message, although the analysis could continue. After three wakes, or if the message never got a
 * record, the analysis fails.
 */
export async function recordDeadLetter(
  letter: DeadLetter,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'due' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<void> {
  const found = letter.kind === 'blob' ? await recordOfBlob(letter.place, parts) : undefined;
  const stored = letter.kind === 'blob' ? found?.stored : await parts.analyses.find(letter.analysisId);
  if (!stored || !isStoredOpen(stored) || (leaseOf(stored.record)?.untilMs ?? 0) > parts.now()) return;
  if (found?.kind !== 'inserted' && mayGoOn(stored.record)) {
    const atMs = parts.now() + CALLED_AGAIN_MS * 2 ** deadLettersOf(stored.record);
    if (await resendMessage(stored, { atMs, isDeadLetter: true }, parts)) {
      parts.signal({ event: 'sweep.recovered', facts: { analyses: 1, indexRows: 0 } });
    }
    return;
  }
  const error = new GivenUp(
    'internal',
    'Its message failed at every delivery; the log of that time says why. Retry it after you fixed the cause.',
  );
  const { record } = await endOrDeliver(stored.record, error, parts);
  if ((await parts.analyses.replace(stored, record)).kind === 'changed') return;
  await pageEnded(record.id, parts);
  if (record.status === 'succeeded') return signalEnd(record, parts);
  const { id, source, request } = record;
  const facts = { analysisId: id, task: request.task, name: sourceName(source), code: error.code };
  parts.signal({ event: 'analysis.deadlettered', facts });
}

function mayGoOn(record: OpenRecord): boolean {
  const asks = record.attempts.filter(mayHaveReachedModel).length;
  return deadLettersOf(record) < MOST_CALLS_AGAIN && asks < ASKED_ENOUGH;
}

/** Wakes by the timer say nothing about the image: its message was only late. */
function deadLettersOf({ resent }: OpenRecord): number {
  return resent?.deadLetters ?? 0;
}

/** The record of the blob's current version. Creates it for an upload that failed before it had one. */
async function recordOfBlob(
  place: BlobPlace,
  parts: Pick<Capabilities, 'analyses' | 'defaults' | 'images' | 'now' | 'signal'>,
): Promise<{ readonly kind: 'inserted' | 'exists'; readonly stored: StoredAnalysis } | undefined> {
  const version = await parts.images.head(place);
  if (!version) return undefined;
  const { fresh, problem } = analysisOfUpload(version, { defaults: parts.defaults, nowMs: parts.now() });
  return await (problem ? insertRefused(fresh, problem, parts) : parts.analyses.insert(fresh));
}
