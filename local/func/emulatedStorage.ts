import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IMAGES_SUBJECT, STORAGE_NAMES, WEBHOOK_PATH } from '../cloud/storageNames.ts';
import { assertPortFree } from '../process/assertPortFree.ts';
import type { Deliver } from '../storage/blobEvents.ts';
import { createStorage } from '../storage/createStorage.ts';
import { deliverToWebhook } from '../storage/deliverEvents.ts';
import { startAzurite } from '../storage/startAzurite.ts';
import { startStorageFront } from '../storage/startStorageFront.ts';

const DEVELOPMENT_STORAGE = 'UseDevelopmentStorage=true';
/** Where clients look for the development storage (Azurite, README, "Connection Strings"). */
const PORTS = { blob: 10_000, queue: 10_001, table: 10_002 };
/** The host takes its time to start; events that come before wait this long for the next try. */
const RETRY_DELAYS_MS = [1_000, 2_000, 5_000, 10_000];

interface EmulatedStorage {
  stop(): Promise<void>;
}

/**
 * The storage that `UseDevelopmentStorage=true` in local.settings.json means, with the containers, queues and tables of the
 * app and with events for the host on `hostPort`. Nothing, where the settings name another account. A storage that runs
 * on these ports already is used as it is: its uploads raise no events.
 */
export async function startEmulatedStorage(place: {
  readonly folder: string;
  readonly hostPort: number;
}): Promise<EmulatedStorage> {
  const text = await readFile(join(place.folder, 'local.settings.json'), 'utf8');
  const { Values: values } = JSON.parse(text) as { Values?: { IMAGES_STORAGE?: string } };
  if (values?.IMAGES_STORAGE !== DEVELOPMENT_STORAGE) return { stop: async () => undefined };
  const account = { connectionString: DEVELOPMENT_STORAGE, certificate: undefined };
  if (!(await isFree(PORTS.blob))) {
    console.log(`A storage listens on port ${PORTS.blob} already and is used; its uploads raise no events.`);
    await createStorage(STORAGE_NAMES, account);
    return { stop: async () => undefined };
  }
  const directory = join(place.folder, '.local', 'func-data');
  const azurite = await startAzurite({ directory });
  const front = await startStorageFront({
    azurite,
    ports: PORTS,
    events: {
      subjectBeginsWith: IMAGES_SUBJECT,
      deliver: onceListening(`http://127.0.0.1:${place.hostPort}${WEBHOOK_PATH}`),
      retryDelaysMs: RETRY_DELAYS_MS,
    },
  });
  await createStorage(STORAGE_NAMES, account);
  console.log(`The storage listens on ports 10000 to 10002, its state in ${directory}; uploads raise events.`);
  const stop = async (): Promise<void> => {
    await front.stop();
    await azurite.stop();
  };
  return { stop };
}

/** Shakes hands with the webhook when the first event comes, for the host starts later than its storage. */
function onceListening(url: string): Deliver {
  let deliver: Deliver | undefined;
  return async (event) => {
    deliver ??= await deliverToWebhook(url, console.log);
    await deliver(event);
  };
}

async function isFree(port: number): Promise<boolean> {
  return assertPortFree(port).then(
    () => true,
    () => false,
  );
}
