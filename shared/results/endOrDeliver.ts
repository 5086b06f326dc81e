import type { AppError } from '../errors.ts';
import type { FinalRecord, OpenRecord } from '../records/analysisRecord.ts';
import { endedBy } from '../records/analysisSteps.ts';
import type { AnalysisResult } from '../records/analysisView.ts';
import type { ImageStore } from '../storage/imageStore.ts';
import { StorageRefused } from '../storage/storageRefused.ts';
import { adoptResult } from './adoptResult.ts';
import { boughtOf, unmended } from './boughtAnswer.ts';
import type { PaidAnswer } from './paidAnswer.ts';
import type { ResultStore } from './resultStore.ts';
import { endUndelivered, writeAnswer } from './writeAnswer.ts';

/** How an analysis ends: with its result, or by an error. */
export interface End {
  readonly record: FinalRecord;
  readonly result?: AnalysisResult;
  readonly error?: AppError;
}

type EndParts = { readonly images: ImageStore; readonly results: ResultStore; readonly now: () => number };

/**
 * Ends an analysis after an error. A paid answer is still delivered, with the error as the reason why it was not
 * repaired. So is a result of a worker that lost the lease.
 *
 * @returns the record to write
 */
export async function endOrDeliver(record: OpenRecord, error: AppError, parts: EndParts): Promise<End> {
  const bought = boughtOf(record);
  if (bought) return await deliver(record, unmended(bought, error.detail), parts);
  const left = await resultLeft(record, parts);
  return left ?? { record: endedBy(record, error, parts.now()), error };
}

/** Writes an answer to its place. If the storage refuses that, the record keeps it for a retry. */
export async function deliver(record: OpenRecord, paid: PaidAnswer, parts: EndParts): Promise<End> {
  try {
    return await writeAnswer(record, paid, parts);
  } catch (refusal) {
    if (!(refusal instanceof StorageRefused)) throw refusal;
    return endUndelivered(record, paid, { refusal, nowMs: parts.now() });
  }
}

/** Only if another worker may have made a model call can there be a result. */
async function resultLeft(record: OpenRecord, parts: EndParts): Promise<End | undefined> {
  if (!record.attempts.some(({ outcome }) => outcome === 'ambiguous')) return undefined;
  try {
    return await adoptResult(record, parts);
  } catch (error) {
    if (error instanceof StorageRefused) return undefined;
    throw error;
  }
}
