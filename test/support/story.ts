import { randomBytes } from 'node:crypto';
import type { Capabilities } from '../../shared/capabilities.ts';
import { createDocumentOpener } from '../../shared/documents/documentOpener.ts';
import { createPdfReader } from '../../shared/documents/pdf/pdfReader.ts';
import { unlimitedBudget } from '../../shared/money/budget.ts';
import { createUsageLedger } from '../../shared/money/usageLedger.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { createMemoryLedger } from '../../shared/pool/memoryLedger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { createAnalysisStore } from '../../shared/records/analysisStore.ts';
import { createIdempotencyKeys } from '../../shared/records/idempotencyKeys.ts';
import { createAnswerIndex } from '../../shared/results/answerIndex.ts';
import { createResultStore } from '../../shared/results/resultStore.ts';
import type { Signal } from '../../shared/signals/signals.ts';
import { createDueQueue } from '../../shared/storage/dueQueue.ts';
import { createImageStore, INBOX_CONTAINER } from '../../shared/storage/imageStore.ts';
import { createProgressStore } from '../../shared/storage/progressStore.ts';
import { createCalibrations } from '../../shared/tokens/calibrations.ts';
import { seedPool } from '../pool/deployments.ts';
import type { TestStorage } from './storage.ts';

const LIMITS = { maxBytes: 10_000_000, maxPixels: 268_402_689 };

export interface Story {
  readonly parts: Capabilities;
  /** Names of the deployments that were asked, in order. */
  readonly asked: readonly string[];
  readonly signals: readonly Signal[];
  /** Ids of the messages that are visible, which are taken. */
  readonly takeDue: () => Promise<readonly string[]>;
  readonly upload: (name: string, bytes: Buffer, metadata?: Record<string, string>) => Promise<void>;
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
}

export const DESCRIPTION = JSON.stringify({
  title: 'A teal square',
  summary: 'A teal square with a red corner.',
  details: ['The corner is red.'],
});

export const USAGE = {
  promptTokens: 900,
  imageTokens: null,
  cachedTokens: 0,
  completionTokens: 60,
  reasoningTokens: 0,
  totalTokens: 960,
};

export function answerOf(text = DESCRIPTION): Outcome {
  return { kind: 'answered', text, finish: 'stop', usage: USAGE, hints: {} };
}

/** Uploads a file and runs the function of its event. */
export async function drop(
  story: Story,
  name: string,
  bytes: Buffer,
  metadata?: Record<string, string>,
): Promise<void> {
  await story.upload(name, bytes, metadata);
  await analyzeUpload({ container: story.parts.imagesContainer, name }, story.parts);
}

export async function newestOf({ parts }: Story): Promise<AnalysisRecord> {
  const [record] = (await parts.analyses.list({ limit: 50 })).records;
  if (!record) throw new Error('There is no record.');
  return record;
}

/** Works on what is due until nothing is; pages in their order. */
export async function finish(story: Story): Promise<AnalysisRecord> {
  for (;;) {
    const due = await story.takeDue();
    if (due.length === 0) return await newestOf(story);
    for (const id of [...new Set(due)].sort()) await resumeAnalysis(id, story.parts);
  }
}

/** The use cases on a real storage and a real pool, with a model that answers as it is told. */
export async function openStory(
  storage: TestStorage,
  answer: (asked: number) => Outcome | Promise<Outcome>,
): Promise<Story> {
  const [analyses, byTime, usage, answers, progress, queue, imagesContainer, resultsContainer] = await Promise.all([
    storage.table(),
    storage.table(),
    storage.table(),
    storage.table(),
    storage.table(),
    storage.queue(),
    storage.container(),
    storage.container(),
  ]);
  await Promise.all([storage.container(`${resultsContainer}-http`), storage.container(INBOX_CONTAINER)]);
  const asked: string[] = [];
  const signals: Signal[] = [];
  let passedMs = 0;
  const now = (): number => Date.now() + passedMs;
  const signal = (each: Signal): number => signals.push(each);
  const parts: Capabilities = {
    deployments: seedPool,
    limits: LIMITS,
    documentLimits: { maxPages: 200, openPages: undefined },
    documents: createDocumentOpener({ limits: LIMITS, pdf: createPdfReader() }),
    analyses: createAnalysisStore({ signal, analyses, byTime, now }),
    results: createResultStore({ blobs: storage.blobs(), resultsContainer }),
    images: createImageStore({ blobs: storage.blobs() }),
    usage: createUsageLedger({ signal, usage }),
    keys: createIdempotencyKeys({ blobs: storage.blobs() }),
    fetchImage: () => Promise.reject(new Error('No test of the use cases fetches.')),
    due: createDueQueue({ queue, now }),
    answers: createAnswerIndex({ table: answers }),
    isReusing: false,
    progress: createProgressStore({ table: progress }),
    budget: unlimitedBudget(now),
    ledger: createMemoryLedger(seedPool, { httpShare: 0.2, now, random: () => 0, signal: () => undefined }),
    calibrations: createCalibrations(),
    vision: {
      ask: async (deployment) => {
        asked.push(deployment.name);
        return { outcome: await answer(asked.length), tookMs: 5, sentAtMs: now(), requestId: null };
      },
    },
    now,
    sleep: (waitMs) => new Promise((settle) => setTimeout(settle, waitMs).unref()),
    repeat: (everyMs, step) => {
      const timer = setInterval(() => void step().catch(() => undefined), everyMs);
      return () => clearInterval(timer);
    },
    newId: () => randomBytes(16).toString('hex'),
    signal,
    defaults: { task: 'describe', model: 'gpt-4@vision-preview', language: undefined, deployments: seedPool },
    inlineWaitMs: 5_000,
    imagesContainer,
    resultsContainer,
  };
  return {
    parts,
    asked,
    signals,
    takeDue: async () => {
      const { receivedMessageItems: items } = await queue.receiveMessages({ numberOfMessages: 32 });
      await Promise.all(items.map(({ messageId, popReceipt }) => queue.deleteMessage(messageId, popReceipt)));
      return items.map(({ messageText }) => JSON.parse(Buffer.from(messageText, 'base64').toString()).analysisId);
    },
    upload: async (name, bytes, metadata = {}) => {
      const blob = storage.blobs().getContainerClient(imagesContainer).getBlockBlobClient(name);
      await blob.upload(bytes, bytes.length, { metadata });
    },
    pass: (ms) => {
      passedMs += ms;
    },
  };
}
