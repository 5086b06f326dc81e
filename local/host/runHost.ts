import { overrideHostJson, readAppFolder } from './appFolder.ts';
import { type BlobListener, type ListenerHost, startBlobListener } from './blobListener.ts';
import { openConnection } from './connection.ts';
import { startDiagnosticEvents } from './diagnosticEvents.ts';
import { createFunctionsCore, type RegisteredFunction } from './functionsCore.ts';
import { parseHostFile } from './hostFile.ts';
import { type HostKeys, readHostKeys } from './hostKeys.ts';
import { createHostLog } from './hostLog.ts';
import { answer, type HttpCall } from './httpCall.ts';
import { type IndexedFunction, indexFunctions, type Trigger } from './indexFunctions.ts';
import { createInvoker } from './invoke.ts';
import { invokeByHand } from './invokeByHand.ts';
import { listenHttp } from './listenHttp.ts';
import { loadApp } from './loadApp.ts';
import { servePlatform } from './platformRoutes.ts';
import { startQueueTriggers } from './queueTriggers.ts';
import { byRoute, serveFunction } from './serveFunction.ts';
import { hostIdOf } from './settings.ts';
import { startTimer } from './timerListener.ts';
import { createTimerLock } from './timerLock.ts';

const BODY_LIMIT_BYTES = 104_857_600;
/** What the worker gives the hooks of `appTerminate`. */
const TERMINATE_GRACE_MS = 5_000;

interface HostOptions {
  readonly folder: string;
  readonly port: number;
  readonly isEnforcingKeys: boolean;
  readonly keysFile: string | undefined;
  /** How long a fetched queue message is hidden from other instances. The host: 10 minutes. */
  readonly leaseMs: number;
  /** How long running functions may go on after the host was asked to end. */
  readonly graceMs: number;
}

interface RunningHost {
  readonly url: string;
  readonly functions: readonly string[];
  readonly errors: readonly string[];
  readonly registeredMs: number;
  readonly keys: HostKeys | undefined;
  /** What becomes of the calls under way when the app crashes. */
  failOpenCalls(): Promise<void>;
  stop(): Promise<void>;
}

/** Loads an app and serves it; one that cannot be loaded has no function. @throws Error when the port is in use. */
export async function runHost(options: HostOptions): Promise<RunningHost> {
  const app = await readAppFolder(options.folder);
  for (const [name, value] of Object.entries(app.localValues)) process.env[name] ??= value;
  const settings = process.env;
  const hostFile = parseHostFile(overrideHostJson(app.hostJson, settings));
  const log = createHostLog(hostFile.logLevels);
  const core = createFunctionsCore(log);

  const startedAtMs = performance.now();
  const { streamingUrl, loadError } = await loadApp(core, { folder: options.folder, main: app.main });
  const registeredMs = Math.round(performance.now() - startedAtMs);

  const registered = loadError === undefined ? [...core.functions.values()] : [];
  const index = indexFunctions(registered, { settings, routePrefix: hostFile.routePrefix });
  if (loadError !== undefined) log('information', 'Host.Function.Console', loadError);
  for (const sentence of index.errors) log('error', 'Host.Startup', sentence);
  if (index.functions.length === 0) log('warning', 'Host.Startup', 'No job functions found.');
  for (const name of index.disabled) log('information', 'Host.Startup', `Function '${name}' is disabled.`);
  const names = index.functions.map((one) => one.name);
  const hasBlobExtension = registered.some(isBlobTriggered);
  const keys = options.isEnforcingKeys ? await readHostKeys(options.keysFile, names) : undefined;
  const hostId = hostIdOf(options.folder, settings);
  const invoker = createInvoker(core, { log, functionTimeoutMs: hostFile.functionTimeoutMs });
  const host: ListenerHost = { hostId, hostFile, settings, leaseMs: options.leaseMs, invoker, log };

  const blobFunctions = only(index.functions, 'blob');
  let blobListener: BlobListener | undefined;
  const byHand = (called: IndexedFunction, input: string): Promise<void> => invokeByHand(host, called, input);
  const http = {
    ...{ functions: only(index.functions, 'http').sort(byRoute), invoker, log, keys, streamingUrl },
    bodyLimitBytes: Number(settings.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT ?? BODY_LIMIT_BYTES),
  };
  // Listen first, so that a port in use is reported before any function runs. Until the rest has started, calls get
  // 503.
  let isStarted = false;
  const serve = async (call: HttpCall): Promise<void> => {
    const platform = {
      ...host,
      functions: index.functions,
      hasBlobExtension,
      blobListener,
      keys,
      invokeByHand: byHand,
    };
    if (!isStarted) answer(call.outgoing, 503);
    else if (!(await servePlatform(platform, call))) await serveFunction(http, call);
  };
  const server = await listenHttp(serve, { port: options.port, log });
  if (blobFunctions.length > 0) blobListener = await startBlobListener(blobFunctions, host);
  const queueListeners = await startQueueTriggers(only(index.functions, 'queue'), host);
  const timers = only(index.functions, 'timer').map((one) => {
    const storage = openConnection('AzureWebJobsStorage', settings).blobs;
    if (storage === undefined) throw new Error("The connection 'AzureWebJobsStorage' names no blob service.");
    return startTimer(one, { invoker, log, lock: createTimerLock(storage, { hostId, functionName: one.name }) });
  });
  const hasStorage = Object.keys(settings).some((name) => /^AzureWebJobsStorage(?:__|$)/.test(name));
  const hostTables = hasStorage ? openConnection('AzureWebJobsStorage', settings).tables : undefined;
  const diagnosticEvents = startDiagnosticEvents(hostTables, log);
  isStarted = true;

  return {
    url: server.url,
    functions: names,
    errors: loadError === undefined ? index.errors : [loadError],
    registeredMs,
    keys,
    failOpenCalls: () => server.failOpenCalls(),
    stop: async () => {
      const listeners = [...queueListeners, ...timers, ...(blobListener ? [blobListener] : [])];
      const drained = Promise.all([server.stop(), ...listeners.map((one) => one.stop()), invoker.idle()]);
      await within(drained, options.graceMs);
      for (const hook of core.hooks('appTerminate')) {
        await within(Promise.resolve(hook({ hookData: {}, appHookData: {} })), TERMINATE_GRACE_MS);
      }
      await within(diagnosticEvents.stop(), TERMINATE_GRACE_MS);
    },
  };
}

function isBlobTriggered({ metadata }: RegisteredFunction): boolean {
  return Object.values(metadata.bindings).some(({ type }) => type.toLowerCase() === 'blobtrigger');
}

function only<Kind extends Trigger['kind']>(
  functions: readonly IndexedFunction[],
  kind: Kind,
): IndexedFunction<Extract<Trigger, { kind: Kind }>>[] {
  return functions.filter((one): one is IndexedFunction<Extract<Trigger, { kind: Kind }>> => one.trigger.kind === kind);
}

async function within(work: Promise<unknown>, mostMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((settle) => (timer = setTimeout(settle, mostMs)))]);
  clearTimeout(timer);
}
