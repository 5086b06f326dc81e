import type {
  AnalysisRecord,
  QueuedRecord,
  RunningRecord,
  Status,
  SucceededRecord,
  WaitingFor,
  WaitingRecord,
} from '../../shared/records/analysisRecord.ts';
import type { AnalysisSource } from '../../shared/records/analysisSource.ts';
import { factsOf, newAnalysis, postponed, type WaitCause } from '../../shared/records/analysisSteps.ts';
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

export function queuedRecord(name: string, createdAtMs = NOON_MS): QueuedRecord {
  return newAnalysis(droppedFile(name, createdAtMs), REQUEST, createdAtMs);
}

/** A lease that holds for half a minute. */
export const LEASE = { holder: 'worker', untilMs: NOON_MS + 30_000 };

/** The same analysis while a worker holds it. */
export function runningRecord(record: AnalysisRecord, overrides: Partial<RunningRecord> = {}): RunningRecord {
  return { ...factsOf(record), status: 'running', lease: LEASE, ...overrides };
}

/** The same analysis as a worker has left it that vanished: its lease has ended. */
export function abandonedRecord(record: AnalysisRecord, overrides: Partial<RunningRecord> = {}): RunningRecord {
  return runningRecord(record, { lease: { holder: 'gone', untilMs: 1 }, ...overrides });
}

/** The same analysis while it waits, for quota unless the cause is another. */
export function waitingRecord(
  record: AnalysisRecord,
  startsAtMs = NOON_MS + 60_000,
  cause: WaitCause = { waitingFor: 'quota' },
): WaitingRecord {
  return postponed(runningRecord(record), cause, { startsAtMs, nowMs: NOON_MS });
}

const WAITS: { readonly [For in WaitingFor]: object } = {
  pages: { waitingFor: 'pages', startsAtMs: 1 },
  quota: { waitingFor: 'quota', startsAtMs: NOON_MS + 60_000 },
  budget: { waitingFor: 'budget', startsAtMs: NOON_MS + 60_000, needsMicroUsd: 0 },
  outage: { waitingFor: 'outage', startsAtMs: NOON_MS + 60_000, outageSinceMs: NOON_MS },
};

/** What each other state has and no other. */
const STATES: { readonly [Name in Exclude<Status, 'waiting'>]: object } = {
  queued: {},
  running: { lease: LEASE },
  succeeded: { completedAtMs: NOON_MS + 1_500 },
  rejected: { completedAtMs: NOON_MS + 1_500, error: { code: 'broken-image', detail: 'It is cut off.' } },
  failed: { completedAtMs: NOON_MS + 1_500, error: { code: 'answer-unusable', detail: 'No JSON came.' } },
  cancelled: { completedAtMs: NOON_MS + 1_500 },
};

type RecordOf<Name extends Status> = Extract<AnalysisRecord, { status: Name }>;

type Overrides<Kept> = Kept extends AnalysisRecord ? Partial<Omit<Kept, 'status'>> : never;

/** A record of that state; what waits waits for quota unless it is said otherwise. */
export function recordWith<Name extends Status>(
  status: Name,
  overrides: Overrides<RecordOf<Name>> = {} as Overrides<RecordOf<Name>>,
): RecordOf<Name> {
  const { status: _queued, ...facts } = queuedRecord('valley.jpg');
  const { waitingFor = 'quota' } = overrides as { readonly waitingFor?: WaitingFor };
  const state = status === 'waiting' ? WAITS[waitingFor] : STATES[status as Exclude<Name, 'waiting'>];
  return { ...facts, ...state, status, ...overrides } as unknown as RecordOf<Name>;
}

/** One that a model answered, with everything filled in. */
export function answeredRecord(overrides: Partial<SucceededRecord> = {}): SucceededRecord {
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
