import { randomBytes } from 'node:crypto';
import { setTimeout as sleepMs } from 'node:timers/promises';
import type { Capabilities } from './capabilities.ts';
import { onceDone } from './concurrency/once.ts';
import { createDocumentOpener } from './documents/documentOpener.ts';
import { createPdfReader } from './documents/pdf/pdfReader.ts';
import { defaultsOf } from './http/calls/readAnalyzeCall.ts';
import { notPublic } from './http/fetch/addressRule.ts';
import { createFetchImage } from './http/fetch/fetchImage.ts';
import { BODY_MAX_BYTES } from './http/read/readBody.ts';
import { unlimitedBudget } from './money/budget.ts';
import { createTableBudget } from './money/tableBudget.ts';
import { createUsageLedger } from './money/usageLedger.ts';
import { createSharedLedger } from './pool/sharedLedger.ts';
import { createTableStateStore, STATE_RETRIES } from './pool/tableStateStore.ts';
import { createAnalysisStore, TABLES } from './records/analysisStore.ts';
import { createIdempotencyKeys } from './records/idempotencyKeys.ts';
import { createAnswerIndex } from './results/answerIndex.ts';
import { createResultStore } from './results/resultStore.ts';
import type { Config } from './settings/config.ts';
import { configOfProcess } from './settings/processSettings.ts';
import type { RetentionDays } from './settings/retentionDays.ts';
import { logSignal, signalOfPool } from './signals/signals.ts';
import { startTelemetry } from './signals/telemetry.ts';
import { createDueQueue, DUE_QUEUE } from './storage/dueQueue.ts';
import { createImageStore } from './storage/imageStore.ts';
import { openStorage } from './storage/openStorage.ts';
import { createProgressStore } from './storage/progressStore.ts';
import { createCalibrations } from './tokens/calibrations.ts';
import { createRetention, type Retention } from './upkeep/retention.ts';
import { boundedCredential } from './vision/boundedCredential.ts';
import { createVisionClient } from './vision/visionClient.ts';

/** Everything that a function can need. */
export interface Services extends Capabilities {
  readonly config: Config;
  readonly retention: Retention;
  readonly retentionDays: RetentionDays;
}

/** The longest download of an image from a URL. */
const FETCH_TIMEOUT_MS = 20_000;

/**
 * The share of every quota that an instance uses while the table cannot be reached, because the number of instances is
 * unknown.
 */
const LOCAL_SHARE = 0.1;

/** Built when the first function needs them. @throws {ConfigInvalid} if the settings are wrong */
export const servicesOfProcess = onceDone(() => buildServices(configOfProcess()));

/** Services for given settings; a process has one set of them, benchmarks and tests may make their own. */
export async function buildServices(config: Config): Promise<Services> {
  const now = Date.now;
  // Load the SDKs here and not at the top, so that registering the functions does not wait for them.
  const { getBearerTokenProvider, ManagedIdentityCredential } = await import('@azure/identity');
  const { identityClientId: clientId } = config;
  const credential = boundedCredential(new ManagedIdentityCredential(clientId === undefined ? {} : { clientId }));
  const tokensFor = (scope: string): (() => Promise<string>) => getBearerTokenProvider(credential, scope);
  const [{ blobs, queue, table }] = await Promise.all([
    openStorage(config.storage, credential),
    config.telemetry && startTelemetry({ target: config.telemetry, tokensFor }),
  ]);
  const answers = createAnswerIndex({ table: table(TABLES.answers) });
  const limits = { maxBytes: config.uploadMaxBytes, maxPixels: config.imageMaxPixels };
  const poolTable = table(TABLES.pool, STATE_RETRIES);
  return {
    config,
    deployments: config.deployments,
    limits,
    defaults: defaultsOf(config),
    imagesContainer: config.imagesContainer,
    inlineWaitMs: config.inlineWaitMs,
    documentLimits: { maxPages: config.documentMaxPages, openPages: config.documentOpenPages },
    documents: createDocumentOpener({ limits, pdf: createPdfReader() }),
    analyses: createAnalysisStore({
      analyses: table(TABLES.analyses),
      byTime: table(TABLES.byTime),
      now,
      signal: logSignal,
    }),
    results: createResultStore({ blobs, resultsContainer: config.resultsContainer }),
    images: createImageStore({ blobs }),
    usage: createUsageLedger({ usage: table(TABLES.usage), signal: logSignal }),
    keys: createIdempotencyKeys({ blobs }),
    fetchImage: createFetchImage({
      rule: notPublic,
      ports: config.imageUrlPorts,
      maxBytes: Math.min(BODY_MAX_BYTES, config.uploadMaxBytes),
      timeoutMs: FETCH_TIMEOUT_MS,
    }),
    due: createDueQueue({ queue: queue(DUE_QUEUE), now }),
    answers,
    isReusing: config.isReusingAnswers,
    progress: createProgressStore({ table: table(TABLES.progress) }),
    retention: createRetention({
      blobs,
      analyses: table(TABLES.analyses),
      byTime: table(TABLES.byTime),
      answers,
      usage: table(TABLES.usage),
    }),
    retentionDays: config.retentionDays,
    resultsContainer: config.resultsContainer,
    budget:
      Object.keys(config.budgetMicroUsd).length === 0
        ? unlimitedBudget(now)
        : createTableBudget({
            signal: logSignal,
            table: table(TABLES.budget),
            limits: config.budgetMicroUsd,
            now,
            sleep: (waitMs) => sleepMs(waitMs),
            random: Math.random,
          }),
    ledger: createSharedLedger((group) => createTableStateStore(poolTable, group), config.deployments, {
      httpShare: config.httpShare,
      localShare: LOCAL_SHARE,
      now,
      sleep: (waitMs) => sleepMs(waitMs),
      random: Math.random,
      signal: (signal) => logSignal(signalOfPool(signal)),
    }),
    calibrations: createCalibrations(),
    vision: createVisionClient({ getToken: tokensFor(config.tokenScope), keyOf: config.keyOf, now }),
    now,
    sleep: (waitMs) => sleepMs(waitMs),
    repeat,
    newId: () => randomBytes(16).toString('hex'),
    signal: logSignal,
  };
}

/** A step that fails is repeated at its next time. */
function repeat(everyMs: number, step: () => Promise<void>): () => void {
  const timer = setInterval(() => void step().catch(() => undefined), everyMs);
  return () => clearInterval(timer);
}
