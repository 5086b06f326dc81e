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
 * Ends an analysis that an error stops. An answer that was bought before is delivered all the same, with the error as the reason
 * why it was not mended; so is a result that a worker has left which lost its lease on this record.
 *
 * @returns the record as it is to be written
 */
export async function endOrDeliver(record: OpenRecord, error: AppError, parts: EndParts): Promise<End> {
  const bought = boughtOf(record);
  if (bought) return await deliver(record, unmended(bought, error.detail), parts);
  const left = await resultLeft(record, parts);
  return left ?? { record: endedBy(record, error, parts.now()), error };
}

/** Writes an answer to its place; where the storage refuses that, it stays in the record for a retry. */
export async function deliver(record: OpenRecord, paid: PaidAnswer, parts: EndParts): Promise<End> {
  try {
    return await writeAnswer(record, paid, parts);
  } catch (refusal) {
    if (!(refusal instanceof StorageRefused)) throw refusal;
    return endUndelivered(record, paid, { refusal, nowMs: parts.now() });
  }
}

/** Only what another worker may have asked for can have left one. */
async function resultLeft(record: OpenRecord, parts: EndParts): Promise<End | undefined> {
  if (!record.attempts.some(({ outcome }) => outcome === 'ambiguous')) return undefined;
  try {
    return await adoptResult(record, parts);
  } catch (error) {
    if (error instanceof StorageRefused) return undefined;
    throw error;
  }
}
