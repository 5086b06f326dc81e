import { randomUUID } from 'node:crypto';
import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { TABLES } from '../shared/analyses/analysisStore.ts';
import { DUE_QUEUE } from '../shared/analyses/dueQueue.ts';
import { INBOX_CONTAINER } from '../shared/analyses/imageStore.ts';
import { type StartedHost, startHost } from './host/startHost.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from './identity/identityEndpoint.ts';
import { type RegionOptions, seedRegions } from './regions/regionOptions.ts';
import { type Regions, startRegions } from './regions/startRegions.ts';
import { deliverToWebhook } from './storage/deliverEvents.ts';
import { type Azurite, startAzurite } from './storage/startAzurite.ts';
import { type Deliver, startBlobEvents } from './storage/startBlobEvents.ts';

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
  /** Of the storage behind the proxy that raises events. */
  readonly connectionString: string;
  /** The app's settings. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
  isStopping(): boolean;
}

const IMAGES_CONTAINER = 'images';
const RESULTS_CONTAINER = 'results';
const EVENTS_QUEUE = 'image-events';

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
    const { dataFolder, onLine } = options;
    const secret = randomUUID();
    const identity = await startIdentityEndpoint({ secret });
    keep(identity, identity.close);
    const azurite = await startAzurite({ ...(dataFolder && { directory: dataFolder }), ...(onLine && { onLine }) });
    keep(azurite, azurite.stop);
    const regions = options.deployments
      ? undefined
      : await startRegions({ secret, regions: [...(options.regions ?? seedRegions())] });
    if (regions) keep(regions, regions.close);
    // Events are raised before the host that takes them is up; they are delivered once it is.
    const deliver = Promise.withResolvers<Deliver>();
    const events = await startBlobEvents({
      azurite,
      subjectBeginsWith: `/blobServices/default/containers/${IMAGES_CONTAINER}/`,
      deliver: async (event) => (await deliver.promise)(event),
      ...(onLine && { onLine }),
    });
    keep(events, events.stop);
    const { connectionString } = events;
    await makeStorage(azurite.connectionString);
    const settings = {
      AzureWebJobsStorage: connectionString,
      IMAGES_STORAGE: connectionString,
      IDENTITY_ENDPOINT: identity.url,
      IDENTITY_HEADER: identity.header,
      VISION_DEPLOYMENTS: options.deployments ?? deploymentsOf(regions, options.regions ?? seedRegions()),
      ...options.settings,
    };
    const host = await startHost({
      folder: options.appFolder,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.keys && { keys: options.keys }),
      ...(onLine && { onLine }),
      graceSeconds: 10,
      settings,
    });
    keep(host, host.stop);
    const query = new URLSearchParams({
      functionName: 'Host.Functions.onImageUploaded',
      code: host.keys?.systemKeys.blobs_extension ?? '',
    });
    deliver.resolve(await deliverToWebhook(`${host.url}/runtime/webhooks/blobs?${query}`, onLine ?? (() => undefined)));
    return { host, regions, identity, azurite, connectionString, settings, stop, isStopping: () => isStopping };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The pool of the emulated regions, as an operator would write it. */
export function deploymentsOf(regions: Regions | undefined, options: readonly RegionOptions[]): string {
  return JSON.stringify(
    options.flatMap((region) =>
      region.deployments.map((each) => ({
        name: `${each.deployment}-${region.name}`,
        deployment: each.deployment,
        endpoint: regions?.get(region.name).endpoint,
        region: region.name,
        model: each.model,
        version: each.version,
        sku: each.model === 'gpt-4' ? 'Standard' : 'GlobalStandard',
        tokensPerMinute: each.tokensPerMinute,
        ...(each.requestsPerMinute === undefined ? {} : { requestsPerMinute: each.requestsPerMinute }),
        ...(each.model === 'gpt-4' ? { apiVersion: '2023-12-01-preview' } : {}),
      })),
    ),
  );
}

async function makeStorage(connectionString: string): Promise<void> {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  const containers = [IMAGES_CONTAINER, RESULTS_CONTAINER, `${RESULTS_CONTAINER}-http`, INBOX_CONTAINER];
  await Promise.all([
    ...containers.map((name) => blobs.getContainerClient(name).createIfNotExists()),
    ...[DUE_QUEUE, EVENTS_QUEUE].map((name) => queues.getQueueClient(name).createIfNotExists()),
    ...Object.values(TABLES).map((name) => tables.createTable(name)),
  ]);
}
