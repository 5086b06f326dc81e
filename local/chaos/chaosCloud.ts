import { randomUUID } from 'node:crypto';
import { TABLES } from '../../shared/records/analysisStore.ts';
import { DUE_QUEUE } from '../../shared/storage/dueQueue.ts';
import { INBOX_CONTAINER } from '../../shared/storage/imageStore.ts';
import { poolOfRegions } from '../cloud/poolOfRegions.ts';
import { startIdentityEndpoint } from '../identity/identityEndpoint.ts';
import { type RegionOptions, seedRegions } from '../regions/regionOptions.ts';
import { type Regions, startRegions } from '../regions/startRegions.ts';
import { seededRandom } from '../seededRandom.ts';
import type { Deliver } from '../storage/blobEvents.ts';
import { createStorage } from '../storage/createStorage.ts';
import { type Azurite, startAzurite } from '../storage/startAzurite.ts';
import { startStorageFront } from '../storage/startStorageFront.ts';
import { type Misbehaviour, makeMisbehave } from '../storage/strict/misbehave.ts';
import { unreliably } from '../storage/unreliably.ts';

/** Storage, identity and regions that go wrong; the app's processes are apart. */
interface ChaosCloud {
  readonly regions: Regions;
  /** The faults of the storage, for everybody who reaches it through the proxy. */
  readonly storage: Misbehaviour;
  /** Each process uses its own deployment names, so that the charge logs show which process made a request. */
  readonly settingsOf: (place: number) => Readonly<Record<string, string>>;
  /** Of the storage itself, past the proxy. */
  readonly connectionString: string;
  /** Through the proxy, so that uploads raise events. */
  readonly uploadConnection: string;
  /** Stops the storage and starts it again with what it held. */
  restartStorage(awayMs: number): Promise<void>;
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The share of events that never arrive. */
const DROP_RATE = 0.03;

export async function startChaosCloud(options: {
  readonly seed: number;
  readonly instances: number;
  readonly dataFolder: string;
  readonly withTimeouts: boolean;
  /** From 0 to 1: how many of the calls to the storage go wrong. */
  readonly storageFaultRate: number;
  readonly deliver: Deliver;
  /** A result was written: the name of its blob. */
  readonly onResult: (name: string) => void;
  readonly onLine: (line: string) => void;
}): Promise<ChaosCloud> {
  const { seed, dataFolder, onLine } = options;
  const random = seededRandom(seed);
  const secret = randomUUID();
  const identity = await startIdentityEndpoint({ secret });
  let azurite: Azurite = await startAzurite({ directory: dataFolder });
  const places = Array.from({ length: options.instances }, (_, place) => place);
  const regionOptions = chaoticRegions(options.withTimeouts, places);
  const regions = await startRegions({ secret, regions: regionOptions, seed });
  const toApp = unreliably(options.deliver, { duplicateRate: 0.2, reorder: 'some', lateMs: 2_000, random });
  const storage = makeMisbehave({ seed });
  const front = await startStorageFront({
    azurite,
    seed,
    layers: [storage.layer],
    events: {
      subjectBeginsWith: '/blobServices/default/containers/',
      retryDelaysMs: [500, 1_000, 2_000],
      deliver: async (event) => {
        const [, container, name] = /containers\/([^/]+)\/blobs\/(.+)$/.exec(event.subject) ?? [];
        if (container === 'results' && name) options.onResult(name);
        if (container === 'images' && random() >= DROP_RATE) await toApp(event);
      },
    },
  });
  await createStorage(
    {
      containers: ['images', 'results', 'results-http', INBOX_CONTAINER],
      queues: [DUE_QUEUE, 'image-events'],
      tables: Object.values(TABLES),
    },
    { connectionString: front.connectionString, certificate: undefined },
  );
  storage.setRandom({ rate: options.storageFaultRate });
  const { blobPort, queuePort, tablePort, connectionString } = azurite;
  return {
    regions,
    storage,
    connectionString,
    uploadConnection: front.connectionString,
    settingsOf: (place) => ({
      AzureWebJobsStorage: front.connectionString,
      IMAGES_STORAGE: front.connectionString,
      IDENTITY_ENDPOINT: identity.url,
      IDENTITY_HEADER: identity.header,
      VISION_DEPLOYMENTS: poolOf(place, poolOfRegions(regions, regionOptions)),
      AzureFunctionsWebHost__hostid: 'argus-chaos',
      // Far more than is spent: every call reserves and settles.
      DAILY_BUDGET_USD: '1000',
    }),
    restartStorage: async (awayMs) => {
      await azurite.stop();
      await new Promise((settle) => setTimeout(settle, awayMs));
      azurite = await startAzurite({ directory: dataFolder, blobPort, queuePort, tablePort });
      onLine(`The storage was away for ${awayMs} ms.`);
    },
    settled: () => front.settled(),
    stop: async () => {
      await front.stop();
      await regions.close();
      await azurite.stop();
      await identity.close();
    },
  };
}

/** The suffix of the deployment names of the process with this index. */
export function asksAs(place: number): string {
  return `-by-${place}`;
}

/** The pool of one process: the same names for all, with its own deployments. */
function poolOf(place: number, pool: string): string {
  const entries = JSON.parse(pool) as readonly { readonly deployment: string; readonly region: string }[];
  const own = entries.filter(({ deployment }) => deployment.endsWith(asksAs(place)));
  return JSON.stringify(own.map((entry) => ({ ...entry, name: `gpt-4-vision-preview-${entry.region}` })));
}

/** The seed's regions with room enough, each going wrong in its own way for a part of the requests. */
function chaoticRegions(withTimeouts: boolean, places: readonly number[]): readonly RegionOptions[] {
  return seedRegions().map((region) => ({
    ...region,
    answers: 'fixed' as const,
    latencyMs: 300,
    deployments: region.deployments.flatMap((each) =>
      places.map((place) => ({
        ...each,
        deployment: `${each.deployment}${asksAs(place)}`,
        tokensPerMinute: 1_000_000,
      })),
    ),
    faults: {
      random: {
        rate: 0.12,
        faults: [
          { kind: 'throttle', retryAfterMs: 500 },
          { kind: 'server-error' },
          { kind: 'reset', when: 'before' },
          { kind: 'reset', when: 'after' },
          { kind: 'slow', ms: 1_500 },
          { kind: 'html' },
          { kind: 'cut-json' },
          { kind: 'broken-json' },
          ...(withTimeouts ? [{ kind: 'timeout' } as const] : []),
        ],
      },
    },
  }));
}
