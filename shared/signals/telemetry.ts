import { hostname } from 'node:os';
import { metrics, trace } from '@opentelemetry/api';
import { inTime } from '../concurrency/inTime.ts';
import { metricEnvelopes, spanEnvelope } from './envelopes.ts';
import { createTrackSender, type SendEnvelopes } from './trackSender.ts';

/** Where metrics and spans go: a component of Application Insights. */
export interface TelemetryTarget {
  readonly instrumentationKey: string;
  /** The ingestion endpoint's address for telemetry, with its path. */
  readonly trackUrl: string;
  readonly tokenScope: string;
  /** The name of this app, as the host's telemetry has it too. */
  readonly role: string;
}

interface TelemetryParts {
  readonly target: TelemetryTarget;
  /** A source of tokens for a scope. */
  readonly tokensFor: (scope: string) => () => Promise<string>;
}

const METRICS_EVERY_MS = 60_000;
const SPANS_EVERY_MS = 15_000;

/** What is not sent by then is lost: the platform gives an instance that it stops some seconds for everything. */
const STOP_WITHIN_MS = 2_000;

let stopping: Promise<(() => Promise<void>) | undefined> | undefined;

/**
 * Attaches Application Insights to the instruments and spans of this process, once. The OpenTelemetry SDK is loaded here
 * and not at the top, because a process that exports nothing never needs it. Never throws: analyses do not need telemetry.
 */
export async function startTelemetry(parts: TelemetryParts): Promise<void> {
  stopping ??= attach(parts).catch((error: Error) => {
    warn(`Telemetry could not be started (${error.name}). Analyses continue without it.`);
    return undefined;
  });
  await stopping;
}

/** Sends what was measured since the last time, for two seconds at most, and detaches. */
export async function stopTelemetry(): Promise<void> {
  const stop = await stopping;
  stopping = undefined;
  await stop?.();
}

async function attach({ target, tokensFor }: TelemetryParts): Promise<() => Promise<void>> {
  const [metricsSdk, traceSdk] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/sdk-trace'),
  ]);
  const { instrumentationKey, role, trackUrl, tokenScope } = target;
  const speaker = { instrumentationKey, role, instance: hostname() };
  const ended = new AbortController();
  const send = createTrackSender({ trackUrl, getToken: tokensFor(tokenScope), signal: ended.signal, warn });
  const meterProvider = new metricsSdk.MeterProvider({
    readers: [
      new metricsSdk.PeriodicExportingMetricReader({
        exportIntervalMillis: METRICS_EVERY_MS,
        exporter: {
          ...exporter(send, (measured: Parameters<typeof metricEnvelopes>[0]) => metricEnvelopes(measured, speaker)),
          // The service adds up what it receives: each export holds only its own interval.
          selectAggregationTemporality: () => metricsSdk.AggregationTemporality.DELTA,
        },
      }),
    ],
  });
  const tracerProvider = new traceSdk.TracerProvider({
    spanProcessors: [
      new traceSdk.BatchSpanProcessor({
        scheduledDelayMillis: SPANS_EVERY_MS,
        exporter: exporter(send, (spans: readonly Parameters<typeof spanEnvelope>[0][]) =>
          spans.map((span) => spanEnvelope(span, speaker)),
        ),
      }),
    ],
  });
  metrics.setGlobalMeterProvider(meterProvider);
  trace.setGlobalTracerProvider(tracerProvider);
  return async () => {
    metrics.disable();
    trace.disable();
    await inTime(() => Promise.allSettled([meterProvider.shutdown(), tracerProvider.shutdown()]), {
      waitMs: STOP_WITHIN_MS,
    });
    ended.abort();
  };
}

/** Always reports success to the SDK: the sender keeps and reports what failed. */
function exporter<Items>(
  send: SendEnvelopes,
  envelopesOf: (items: Items) => Parameters<SendEnvelopes>[0],
): {
  readonly export: (items: Items, done: (result: { code: 0 }) => void) => void;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
} {
  return {
    export: (items, done) => void send(envelopesOf(items)).then(() => done({ code: 0 })),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

function warn(sentence: string): void {
  // biome-ignore lint/suspicious/noConsole: the worker's console is where the platform takes an app's log from
  console.warn(sentence);
}
