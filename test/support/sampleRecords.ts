import type { AnalysisRecord, Status } from '../../shared/records/analysisRecord.ts';
import type { AnalysisSource } from '../../shared/records/analysisSource.ts';
import { newAnalysis } from '../../shared/records/analysisSteps.ts';
import type { AnalysisRequest } from '../../shared/requests/analysisRequest.ts';

/** Records for tests, of images that were dropped at noon on 23 November 2026 unless told otherwise. */

export const NOON_MS = Date.UTC(2026, 10, 23, 12);
export const DAY_MS = 86_400_000;

export const REQUEST: AnalysisRequest = {
  task: 'text',
  model: 'gpt-4@vision-preview',
  detail: 'high',
  quality: 'full',
};

let drops = 0;

/** A version of a dropped file; each call gives another version. */
export function droppedFile(name: string, modifiedMs = NOON_MS): Extract<AnalysisSource, { kind: 'blob' }> {
  drops += 1;
  return { kind: 'blob', container: 'images', name, etag: `"0x8DB${drops.toString(16)}"`, modifiedMs };
}

export function queuedRecord(name: string, createdAtMs = NOON_MS): AnalysisRecord {
  return newAnalysis(droppedFile(name, createdAtMs), REQUEST, createdAtMs);
}

export function recordWith(status: Status, overrides: Partial<AnalysisRecord> = {}): AnalysisRecord {
  return { ...queuedRecord('valley.jpg'), status, ...overrides };
}

/** One that a model answered, with everything filled in. */
export function answeredRecord(overrides: Partial<AnalysisRecord> = {}): AnalysisRecord {
  return recordWith('succeeded', {
    image: {
      format: 'jpeg',
      width: 1200,
      height: 800,
      bytes: 200_000,
      sentWidth: 1152,
      sentHeight: 768,
      sentBytes: 150_000,
    },
    taskVersion: 1,
    estimate: { promptTokens: 900, admissionTokens: 1_700, microUsd: 12_345 },
    deployment: { name: 'gpt-4-vision-preview-westus', region: 'westus', model: 'gpt-4@vision-preview' },
    usage: {
      promptTokens: 905,
      imageTokens: 765,
      cachedTokens: 0,
      completionTokens: 40,
      reasoningTokens: 0,
      totalTokens: 945,
    },
    costMicroUsd: 10_250,
    attempts: [
      { deployment: 'gpt-4-vision-preview-westus', region: 'westus', status: 200, outcome: 'answered', ms: 900 },
    ],
    warnings: [{ code: 'text-too-small', detail: 'Letters are 6 pixels high.' }],
    completedAtMs: NOON_MS + 1_500,
    timing: { queuedMs: 100, waitedMs: 500, modelMs: 900, totalMs: 1_500 },
    ...overrides,
  });
}
