import { availableParallelism } from 'node:os';

/** What host.json says, with the host's defaults (host.json reference; storage queues and blobs pages, 2026). */
export interface HostFile {
  readonly routePrefix: string;
  readonly functionTimeoutMs: number | undefined;
  readonly blobs: QueueSettings;
  readonly queues: QueueSettings;
  readonly logLevels: Readonly<Record<string, string>>;
}

export interface QueueSettings {
  /** How many messages are fetched at a time. */
  readonly batchSize: number;
  /** A new batch is fetched when no more than this many are still running. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  /** How long a message stays hidden after its function failed. */
  readonly visibilityTimeoutMs: number;
  readonly maxPollingIntervalMs: number;
  readonly messageEncoding: 'base64' | 'none';
}

type Json = Readonly<Record<string, unknown>>;

const QUEUE_DEFAULTS = { batchSize: 16, maxDequeueCount: 5, maxPollingInterval: '00:01:00' };

/** @throws Error when a value is none that the host takes, naming the setting. */
export function parseHostFile(json: unknown): HostFile {
  const extensions = section(json, 'extensions');
  const queues = section(extensions, 'queues');
  const timeout = (json as Json).functionTimeout;
  const batchSize = count(queues, 'queues', {
    name: 'batchSize',
    least: 1,
    most: 32,
    fallback: QUEUE_DEFAULTS.batchSize,
  });
  return {
    routePrefix: text(section(extensions, 'http').routePrefix, 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: timeout === undefined || timeout === '-1' ? undefined : parseTimeSpanMs(text(timeout, '')),
    logLevels: section(section(json, 'logging'), 'logLevel') as Record<string, string>,
    blobs: blobSettings(section(extensions, 'blobs')),
    queues: {
      batchSize,
      newBatchThreshold: count(queues, 'queues', {
        name: 'newBatchThreshold',
        least: 0,
        most: Number.MAX_SAFE_INTEGER,
        fallback: Math.floor(batchSize / 2),
      }),
      maxDequeueCount: count(queues, 'queues', {
        name: 'maxDequeueCount',
        least: 1,
        most: Number.MAX_SAFE_INTEGER,
        fallback: QUEUE_DEFAULTS.maxDequeueCount,
      }),
      visibilityTimeoutMs: parseTimeSpanMs(text(queues.visibilityTimeout, '00:00:00')),
      maxPollingIntervalMs: parseTimeSpanMs(text(queues.maxPollingInterval, QUEUE_DEFAULTS.maxPollingInterval)),
      messageEncoding: text(queues.messageEncoding, 'base64').toLowerCase() === 'none' ? 'none' : 'base64',
    },
  };
}

/**
 * All blob functions of an instance share one internal queue, whose settings follow from `blobs.maxDegreeOfParallelism`:
 * 100 gives batches of 32 and a threshold of 68, 16 gives 9 and 7, 3 gives 2 and 1, 1 gives 1 and 0
 * (azure-sdk-for-net, SharedBlobQueueListenerFactoryTests). `queues` in host.json does not touch blob functions
 * (azure-functions-host#8542), so a failed blob is tried again at once and an idle instance polls once a minute.
 */
function blobSettings(blobs: Json): QueueSettings {
  const parallel = count(blobs, 'blobs', {
    name: 'maxDegreeOfParallelism',
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    fallback: 8 * availableParallelism(),
  });
  const batchSize = Math.min(32, Math.floor(parallel / 2) + 1);
  return {
    batchSize,
    newBatchThreshold: parallel - batchSize,
    maxDequeueCount: count(blobs, 'blobs', {
      name: 'poisonBlobThreshold',
      least: 1,
      most: Number.MAX_SAFE_INTEGER,
      fallback: QUEUE_DEFAULTS.maxDequeueCount,
    }),
    visibilityTimeoutMs: 0,
    maxPollingIntervalMs: parseTimeSpanMs(QUEUE_DEFAULTS.maxPollingInterval),
    messageEncoding: 'base64',
  };
}

/**
 * Milliseconds of a .NET time span. `parseTimeSpanMs('00:00:02')` is 2000, `'1.00:00:00'` is 86,400,000.
 *
 * @throws Error when it is none.
 */
export function parseTimeSpanMs(span: string): number {
  const parts = /^(?:(\d+)\.)?(\d+):([0-5]?\d):([0-5]?\d)(\.\d+)?$/.exec(span);
  if (parts === null) throw new Error(`"${span}" in host.json is no time span such as 00:00:30.`);
  const [days, hours, minutes, seconds, fraction] = parts.slice(1).map((part) => Number(part ?? 0));
  const wholeSeconds = (days ?? 0) * 86_400 + (hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return Math.round((wholeSeconds + (fraction ?? 0)) * 1000);
}

function section(json: unknown, name: string): Json {
  const value = (json as Json | undefined)?.[name];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function count(
  json: Json,
  sectionName: string,
  bounds: { readonly name: string; readonly least: number; readonly most: number; readonly fallback: number },
): number {
  const value = json[bounds.name] ?? bounds.fallback;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < bounds.least || number > bounds.most) {
    throw new Error(
      `host.json: extensions.${sectionName}.${bounds.name} is ${JSON.stringify(value)}; it must be a whole number from ${bounds.least} to ${bounds.most}.`,
    );
  }
  return number;
}
