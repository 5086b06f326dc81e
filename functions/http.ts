import { setTimeout as sleep } from 'node:timers/promises';
import { app } from '@azure/functions';
import { cancelAnalyses } from '../shared/backlog/cancelAnalyses.ts';
import { currentBacklog, LAST_LOOK } from '../shared/backlog/currentBacklog.ts';
import { retryAnalyses, retryAnalysis } from '../shared/backlog/retryAnalyses.ts';
import { NotPossible } from '../shared/errors.ts';
import { estimateFolder } from '../shared/estimates/estimateFolder.ts';
import { estimateImages } from '../shared/estimates/estimateImages.ts';
import { readCancelCall, readRetryCall } from '../shared/http/calls/readAnalysesCalls.ts';
import { readAnalyzeCall } from '../shared/http/calls/readAnalyzeCall.ts';
import { readEstimateCall } from '../shared/http/calls/readEstimateCall.ts';
import { queueAnswer, readQueueCall } from '../shared/http/calls/readQueueCall.ts';
import { readUsageCall } from '../shared/http/calls/readUsageCall.ts';
import { acceptedResponse, analysisIdOf, analysisResponse, foundResponse, json } from '../shared/http/responses.ts';
import { ROUTE_NAMES } from '../shared/http/routes.ts';
import { type Handlers, serveRoute } from '../shared/http/serveRoute.ts';
import {
  accessProblems,
  type HealthOfWrongSettings,
  healthOf,
  type OpenHealth,
  recently,
} from '../shared/http/views/health.ts';
import { backlogView, budgetView, deploymentView, modelViews } from '../shared/http/views/poolViews.ts';
import { RESULT_MEDIA_TYPES, readResultsCall, resultLines, startedStream } from '../shared/http/views/resultLines.ts';
import { rollUpUsage } from '../shared/money/rollUpUsage.ts';
import { analyzeNow } from '../shared/pipeline/analyzeNow.ts';
import { openImage } from '../shared/pipeline/openImage.ts';
import { queueBlobs } from '../shared/pipeline/queueBlobs.ts';
import { analysisView } from '../shared/records/analysisView.ts';
import { shownAnalysis } from '../shared/results/shownAnalysis.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { configOfProcess, processSettings } from '../shared/settings/processSettings.ts';

const settings = processSettings();

/** The last measurement of the timer: health must answer at once, also without a storage. */
const lastLook = recently(async () => (await servicesOfProcess()).progress.read(LAST_LOOK), {
  now: Date.now,
  sleep: (waitMs) => sleep(waitMs),
});

/** What each call of `shared/http/routes.ts` does. */
const HANDLERS: Handlers = {
  analyze: async (request) => {
    const services = await servicesOfProcess();
    const call = await readAnalyzeCall(request, services.config);
    return analysisResponse(await analyzeNow(call, services), request, services.now());
  },
  estimate: async (request) => {
    const services = await servicesOfProcess();
    const call = await readEstimateCall(request, services.config);
    const parts = { ...services, nowMs: services.now() };
    if (call.kind === 'folder') return json(200, await estimateFolder(call, parts));
    return json(200, await estimateImages(call, { ...parts, open: (image) => openImage(image, services) }));
  },
  startAnalyses: async (request) => {
    const services = await servicesOfProcess();
    const call = await readQueueCall(request, services.defaults);
    return json(200, queueAnswer(call, await queueBlobs(call, services)));
  },
  listAnalyses: async (_, query) => {
    const { analyses, now } = await servicesOfProcess();
    const { records, continuation } = await analyses.list(query);
    return json(200, { analyses: records.map((record) => analysisView(record, undefined, now())), continuation });
  },
  getAnalysis: async (request) => {
    const { analyses, results, now } = await servicesOfProcess();
    const id = analysisIdOf(request);
    const stored = await analyses.find(id);
    if (!stored) throw new NotPossible('not-found', `There is no analysis ${id}.`);
    return foundResponse(await shownAnalysis(stored.record, { analyses, results }), now());
  },
  retryAnalysis: async (request) => {
    const services = await servicesOfProcess();
    const record = await retryAnalysis(analysisIdOf(request), services);
    return acceptedResponse(record, request, services.now());
  },
  retryAnalyses: async (request) => {
    const call = await readRetryCall(request);
    return json(200, await retryAnalyses(call, await servicesOfProcess()));
  },
  cancelAnalyses: async (request) => {
    const call = await readCancelCall(request);
    return json(200, await cancelAnalyses(call, await servicesOfProcess()));
  },
  results: async (_, query) => {
    const call = readResultsCall(query);
    const body = await startedStream(resultLines(call, await servicesOfProcess()));
    return { status: 200, headers: { 'content-type': RESULT_MEDIA_TYPES[call.format] }, body };
  },
  backlog: async () => json(200, backlogView(await currentBacklog(await servicesOfProcess()))),
  deployments: async () => {
    const { ledger } = await servicesOfProcess();
    return json(200, { deployments: (await ledger.view()).map(deploymentView) });
  },
  models: async () => {
    const { calibrations, config } = await servicesOfProcess();
    return json(200, { models: modelViews(config.deployments, calibrations) });
  },
  usage: async (_, query) => {
    const { budget, usage, now } = await servicesOfProcess();
    const { by, fromMs, untilMs } = readUsageCall(query, now());
    const rows = await rollUpUsage(usage.between(fromMs, untilMs), by);
    return json(200, { rows, budget: budgetView(await budget.view()) });
  },
  health: async () => {
    const problems = settings.kind === 'wrong' ? settings.problems : accessProblems(settings.config);
    if (problems.length === 0) return json(200, { status: 'ok' } satisfies OpenHealth);
    return json(503, { status: 'settings-wrong', problems } satisfies HealthOfWrongSettings);
  },
  healthDetails: async () => {
    const look = await lastLook();
    const backlog = look && { ...backlogView(look.backlog), seenAt: new Date(look.atMs).toISOString() };
    return json(200, { ...healthOf(configOfProcess(), Date.now()), ...(backlog ? { backlog } : {}) });
  },
  // Loaded on first use: no other call, and no start, needs the description.
  openapi: async () => {
    const { openApiDocument } = await import('../shared/http/openApi/openApiDocument.ts');
    return json(200, openApiDocument());
  },
};

for (const name of ROUTE_NAMES) app.http(name, serveRoute(name, HANDLERS, settings));
