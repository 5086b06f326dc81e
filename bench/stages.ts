import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { LocalCloud } from '../local/cloud/startCloud.ts';
import type { Capabilities } from '../shared/capabilities.ts';
import { analyzeNow } from '../shared/pipeline/analyzeNow.ts';
import { resolveRequest } from '../shared/requests/resolveRequest.ts';
import { buildServices } from '../shared/services.ts';
import { readConfig } from '../shared/settings/config.ts';
import { percentile, printFigure } from './figure.ts';

const WARM_UP = 30;
const CALLS = 300;

/**
 * The stages of one call in this process: the model call, the storage, the pool's state in its table; `own` is the time
 * in which none of them is under way. Steps that run side by side count once. And how often the storage is called.
 */
export async function benchStages(cloud: LocalCloud, jpeg: Buffer): Promise<void> {
  // The credential reads these two by itself; nothing else of this process's environment is touched.
  process.env.IDENTITY_ENDPOINT = cloud.identity.url;
  process.env.IDENTITY_HEADER = cloud.identity.header;
  const config = readConfig(cloud.settings);
  const services = await buildServices(config);
  const all = createStopwatch();
  const watches = { vision: createStopwatch(), storage: createStopwatch(), ledger: createStopwatch() };
  const parts: Capabilities = {
    ...services,
    signal: () => undefined,
    vision: timed(services.vision, [all, watches.vision]),
    analyses: timed(services.analyses, [all, watches.storage]),
    results: timed(services.results, [all, watches.storage]),
    usage: timed(services.usage, [all, watches.storage]),
    answers: timed(services.answers, [all, watches.storage]),
    due: timed(services.due, [all, watches.storage]),
    ledger: timed(services.ledger, [all, watches.ledger]),
  };
  const request = resolveRequest({ task: 'describe' }, services.defaults);
  const samples = new Map<string, number[]>();
  const calls = countStorageCalls(cloud.connectionString);
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    for (const watch of [all, ...Object.values(watches)]) watch.reset();
    if (call === WARM_UP) calls.reset();
    const startedAt = performance.now();
    await analyzeNow({ image: { kind: 'bytes', bytes: jpeg }, request, waitMs: 30_000, isAsync: false }, parts);
    const totalMs = performance.now() - startedAt;
    if (call < WARM_UP) continue;
    const stages = { total: totalMs, own: totalMs - all.ms(), ...mapValues(watches, (watch) => watch.ms()) };
    for (const [stage, ms] of Object.entries(stages)) samples.set(stage, [...(samples.get(stage) ?? []), ms]);
  }
  for (const [stage, ms] of samples) {
    printFigure({ figure: `overhead.stage.${stage}.p50`, value: percentile(ms, 0.5), unit: 'ms' });
    printFigure({ figure: `overhead.stage.${stage}.p99`, value: percentile(ms, 0.99), unit: 'ms' });
  }
  for (const [call, count] of calls.counts()) {
    printFigure({ figure: `overhead.storageCalls.${call}`, value: count / CALLS, unit: 'calls an analysis' });
  }
}

/** Adds up the time in which at least one step runs. */
interface Stopwatch {
  readonly begin: () => void;
  readonly end: () => void;
  readonly ms: () => number;
  readonly reset: () => void;
}

function createStopwatch(): Stopwatch {
  let running = 0;
  let beganAt = 0;
  let ms = 0;
  return {
    begin: () => {
      if (running === 0) beganAt = performance.now();
      running += 1;
    },
    end: () => {
      running -= 1;
      if (running === 0) ms += performance.now() - beganAt;
    },
    ms: () => ms,
    reset: () => {
      ms = 0;
    },
  };
}

/** The same object, whose asynchronous methods are timed. */
function timed<T extends object>(parts: T, watches: readonly Stopwatch[]): T {
  return new Proxy(parts, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        for (const watch of watches) watch.begin();
        try {
          return await method.apply(target, given);
        } finally {
          for (const watch of watches) watch.end();
        }
      };
    },
  });
}

/** Requests to the storage's services, by service and method; the local cloud's own, in the same process, go elsewhere. */
function countStorageCalls(connectionString: string): {
  readonly counts: () => ReadonlyMap<string, number>;
  readonly reset: () => void;
} {
  const endpoints = connectionString.matchAll(/(\w+)Endpoint=([^;]+)/g);
  const services = new Map([...endpoints].map(([, service = '', url = '']) => [new URL(url).host, service]));
  const counts = new Map<string, number>();
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { readonly request: ClientRequest };
    const service = services.get(String(request.getHeader('host')));
    if (service === undefined) return;
    const call = `${service.toLowerCase()}.${request.method}`;
    counts.set(call, (counts.get(call) ?? 0) + 1);
  });
  return { counts: () => counts, reset: () => counts.clear() };
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
