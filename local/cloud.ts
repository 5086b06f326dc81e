import { randomUUID } from 'node:crypto';
import { QueueServiceClient } from '@azure/storage-queue';
import { type StartedHost, startHost } from './host/startHost.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from './identity/identityEndpoint.ts';
import { poolOfRegions } from './poolOfRegions.ts';
import { type RegionOptions, seedRegions } from './regions/regionOptions.ts';
import { type Regions, startRegions } from './regions/startRegions.ts';
import type { Deliver } from './storage/blobEvents.ts';
import { createStorage, trusting } from './storage/createStorage.ts';
import { deliverToQueue, deliverToWebhook } from './storage/deliverEvents.ts';
import { identityConnection } from './storage/identityConnection.ts';
import { type KeptCertificate, keepCertificate } from './storage/keepCertificate.ts';
import { type Azurite, startAzurite } from './storage/startAzurite.ts';
import { type StorageFront, startStorageFront } from './storage/startStorageFront.ts';
import { type Unreliability, unreliably } from './storage/unreliably.ts';
import { EVENTS_QUEUE, IMAGES_SUBJECT, STORAGE_NAMES, WEBHOOK_PATH } from './storageNames.ts';

export interface CloudOptions {
  /** Folder of the app: package.json, host.json, the bundle. */
  readonly appFolder: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Where the storage keeps its state; absent: in memory. */
  readonly dataFolder?: string;
  /** VISION_DEPLOYMENTS; absent: the emulated regions. */
  readonly deployments?: string;
  readonly regions?: readonly RegionOptions[];
  readonly keys?: 'enforced' | 'ignored';
  /** How blob events reach the app: by the blob trigger's webhook (the default), or by the queue `image-events`. */
  readonly ingestion?: 'blob' | 'queue';
  /** Events come twice, late or out of order; absent: once, at once, in order. */
  readonly events?: Unreliability;
  /** `none`: Azurite without the rules of the real storage, to measure what they cost. Default: `strict`. */
  readonly strictness?: 'strict' | 'none';
  /** `identity`: storage over HTTPS, reached with the app's identity; no connection string is set. Default: `key`. */
  readonly storageAccess?: 'key' | 'identity';
  /** App settings that come before the ones made here. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

/** Everything that Argus needs, on this machine. */
export interface LocalCloud {
  readonly host: StartedHost;
  readonly regions: Regions | undefined;
  readonly identity: IdentityEndpoint;
  readonly azurite: Azurite;
  /** Of the storage behind the proxy that raises events, with the account's key. */
  readonly connectionString: string;
  /** PEM of the storage's certificate, when it speaks HTTPS. */
  readonly certificate: string | undefined;
  /** The app's settings. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
  isStopping(): boolean;
}

/** Starts storage, identity, regions and the Functions host, and makes what the template would make. */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const started: { stop(): Promise<void> }[] = [];
  const keep = <T>(value: T, stop: () => Promise<unknown>): T => {
    started.unshift({ stop: async () => void (await stop()) });
    return value;
  };
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    for (const part of started.splice(0)) await part.stop();
  };
  try {
    const { dataFolder, onLine, ingestion = 'blob' } = options;
    const log = onLine && { onLine };
    const secret = randomUUID();
    const identity = await startIdentityEndpoint({ secret });
    keep(identity, identity.close);
    const kept = options.storageAccess === 'identity' ? await keepCertificate() : undefined;
    if (kept) keep(kept, kept.remove);
    const https = kept && { https: kept };
    const azurite = await startAzurite({ ...(dataFolder && { directory: dataFolder }), ...https, ...log });
    keep(azurite, azurite.stop);
    const regionOptions = options.regions ?? seedRegions();
    const regions = options.deployments ? undefined : await startRegions({ secret, regions: [...regionOptions] });
    if (regions) keep(regions, regions.close);
    // Events are raised before the host that takes them is up; they are delivered once it is.
    const taken = Promise.withResolvers<Deliver>();
    const deliver: Deliver = async (event) => (await taken.promise)(event);
    const front = await startStorageFront({
      azurite,
      ...(options.strictness && { strictness: options.strictness }),
      events: {
        subjectBeginsWith: IMAGES_SUBJECT,
        deliver: options.events ? unreliably(deliver, options.events) : deliver,
      },
      ...https,
      ...log,
    });
    keep(front, front.stop);
    await createStorage(STORAGE_NAMES, { connectionString: front.connectionString, certificate: kept?.certificate });
    const settings = {
      ...storageSettings({ front, kept }),
      IDENTITY_ENDPOINT: identity.url,
      IDENTITY_HEADER: identity.header,
      VISION_DEPLOYMENTS: options.deployments ?? (regions ? poolOfRegions(regions, regionOptions) : ''),
      INGESTION: ingestion,
      // Names the host's queues and locks; the app's folder is another one in each run.
      AzureFunctionsWebHost__hostid: 'argus-local',
      ...options.settings,
    };
    const host = await startHost({
      folder: options.appFolder,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.keys && { keys: options.keys }),
      ...log,
      graceSeconds: 10,
      settings,
    });
    keep(host, host.stop);
    taken.resolve(
      ingestion === 'queue'
        ? deliverToQueue(eventsQueue(front, kept))
        : await deliverToWebhook(webhookOf(host), onLine ?? (() => undefined)),
    );
    const { connectionString } = front;
    const seen = { host, regions, identity, azurite, connectionString, certificate: kept?.certificate, settings };
    return { ...seen, stop, isStopping: () => isStopping };
  } catch (error) {
    await stop();
    throw error;
  }
}

function storageSettings(storage: {
  readonly front: StorageFront;
  readonly kept: KeptCertificate | undefined;
}): Record<string, string> {
  const { front, kept } = storage;
  if (kept === undefined) {
    return { AzureWebJobsStorage: front.connectionString, IMAGES_STORAGE: front.connectionString };
  }
  const place = { ...front, protocol: 'https' as const };
  return {
    ...identityConnection('AzureWebJobsStorage', place),
    ...identityConnection('IMAGES_STORAGE', place),
    NODE_EXTRA_CA_CERTS: kept.certificateFile,
  };
}

function eventsQueue(
  front: StorageFront,
  kept: KeptCertificate | undefined,
): ReturnType<QueueServiceClient['getQueueClient']> {
  const queues = QueueServiceClient.fromConnectionString(front.connectionString, trusting(kept?.certificate));
  return queues.getQueueClient(EVENTS_QUEUE);
}

function webhookOf(host: StartedHost): string {
  return `${host.url}${WEBHOOK_PATH}&code=${encodeURIComponent(host.keys?.systemKeys.blobs_extension ?? '')}`;
}
