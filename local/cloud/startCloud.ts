import { randomUUID } from 'node:crypto';
import { QueueServiceClient } from '@azure/storage-queue';
import type { TemplateAccess } from '../access/templateAccess.ts';
import { type StartedHost, startHost } from '../host/startHost.ts';
import { type Caller, CLIENT_IDS } from '../identity/callers.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../identity/identityEndpoint.ts';
import { type RegionOptions, seedRegions } from '../regions/regionOptions.ts';
import { type Regions, startRegions } from '../regions/startRegions.ts';
import type { Deliver } from '../storage/blobEvents.ts';
import { createStorage } from '../storage/createStorage.ts';
import { deliverToQueue, deliverToWebhook } from '../storage/deliverEvents.ts';
import { keepCertificate } from '../storage/keepCertificate.ts';
import { type Azurite, startAzurite } from '../storage/startAzurite.ts';
import { startStorageFront } from '../storage/startStorageFront.ts';
import { type Unreliability, unreliably } from '../storage/unreliably.ts';
import { assertServing } from './assertServing.ts';
import { type CloudAccess, createCloudAccess, type StorageClients } from './cloudAccess.ts';
import { poolOfRegions } from './poolOfRegions.ts';
import { EVENTS_QUEUE, IMAGES_SUBJECT, STORAGE_NAMES, WEBHOOK_PATH } from './storageNames.ts';

export interface CloudOptions {
  /** Folder of the app: package.json, host.json, the bundle. */
  readonly appFolder: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Where the storage keeps its state; absent: in memory. */
  readonly dataFolder?: string;
  /** An Azurite over HTTP that runs already; it is stopped with the rest. Absent: one is started. */
  readonly azurite?: Azurite;
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
  /**
   * With the roles of a built template: storage over HTTPS, in two accounts, without keys; each call is made as an identity
   * and needs its role, for models too. Absent: one account, reached with its key.
   */
  readonly access?: TemplateAccess;
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
  /** With the key of the account with the images: through the front, or past it where keys are refused there. */
  readonly connectionString: string;
  /** PEM of the storage's certificate, when it speaks HTTPS. */
  readonly certificate: string | undefined;
  /** What was called, where roles are enforced. */
  readonly access: CloudAccess | undefined;
  /** Clients of a caller for the account with the images. @throws {Error} where no roles are enforced */
  storageAs(caller: Caller): StorageClients;
  /** The app's settings. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
  isStopping(): boolean;
}

/**
 * Starts storage, identity, regions and the Functions host, and makes what the template would make.
 *
 * @throws {Error} with every problem of the app's settings
 */
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
    const access = options.access && createCloudAccess(options.access, secret);
    const clientIds = access && { clientIds: [CLIENT_IDS.application] };
    const identity = await startIdentityEndpoint({ secret, ...clientIds });
    keep(identity, identity.close);
    const kept = access && (await keepCertificate());
    if (kept) keep(kept, kept.remove);
    const https = kept && { https: kept };
    const azurite =
      options.azurite ?? (await startAzurite({ ...(dataFolder && { directory: dataFolder }), ...https, ...log }));
    keep(azurite, azurite.stop);
    const regionOptions = options.regions ?? seedRegions();
    const regions = options.deployments
      ? undefined
      : await startRegions({ secret, regions: [...regionOptions], ...(access && { mayAsk: access.mayAsk }) });
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
      ...(access && { layers: [access.layer] }),
      ...https,
      ...log,
    });
    keep(front, front.stop);
    const { connectionString } = access ? azurite : front;
    if (access && kept) await access.createStorage(azurite, kept.certificate);
    else await createStorage(STORAGE_NAMES, { connectionString, certificate: undefined });
    const storageAs = (caller: Caller): StorageClients => {
      if (!access || !kept) throw new Error('No roles are enforced: the storage is reached with its key.');
      return access.storageAs(caller, front, kept.certificate);
    };
    const settings = {
      ...(access?.settings(front) ?? { AzureWebJobsStorage: connectionString, IMAGES_STORAGE: connectionString }),
      ...(kept && { NODE_EXTRA_CA_CERTS: kept.certificateFile }),
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
    const queues = access ? storageAs('events').queues : QueueServiceClient.fromConnectionString(connectionString);
    await assertServing(host);
    taken.resolve(
      ingestion === 'queue'
        ? deliverToQueue(queues.getQueueClient(EVENTS_QUEUE))
        : await deliverToWebhook(webhookOf(host), onLine ?? (() => undefined)),
    );
    const certificate = kept?.certificate;
    const seen = { host, regions, identity, azurite, connectionString, certificate, access, storageAs, settings };
    return { ...seen, stop, isStopping: () => isStopping };
  } catch (error) {
    await stop();
    throw error;
  }
}

function webhookOf(host: StartedHost): string {
  return `${host.url}${WEBHOOK_PATH}&code=${encodeURIComponent(host.keys?.systemKeys.blobs_extension ?? '')}`;
}
