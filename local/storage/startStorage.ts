import { type Azurite, type AzuriteOptions, startAzurite } from './startAzurite.ts';
import { type StorageFront, type StorageFrontOptions, startStorageFront } from './startStorageFront.ts';

interface StorageOptions extends Pick<StorageFrontOptions, 'strictness' | 'seed' | 'smallPages' | 'layers' | 'ports'> {
  /** How to start Azurite; or one that runs, which `stop` stops as well. */
  readonly azurite?: AzuriteOptions | Azurite;
}

/** A storage account on this machine: Azurite, and the front that makes it like the real service. */
export interface StartedStorage
  extends Pick<StorageFront, 'connectionString' | 'blobPort' | 'queuePort' | 'tablePort'> {
  /** The storage itself. Its connection string leads past every rule. */
  readonly azurite: Azurite;
  stop(): Promise<void>;
}

/** Starts Azurite and its front. State is kept in memory unless `azurite.directory` says otherwise. */
export async function startStorage(options: StorageOptions = {}): Promise<StartedStorage> {
  const { azurite: azuriteOptions = {}, ...frontOptions } = options;
  const isStarted = 'stop' in azuriteOptions;
  const azurite = isStarted ? azuriteOptions : await startAzurite(azuriteOptions);
  const https = !isStarted && azuriteOptions.https && { https: azuriteOptions.https };
  const front = await startStorageFront({ azurite, ...frontOptions, ...https }).catch(async (error: unknown) => {
    await azurite.stop();
    throw error;
  });
  const { connectionString, blobPort, queuePort, tablePort } = front;
  const stop = async (): Promise<void> => {
    await front.stop();
    await azurite.stop();
  };
  return { connectionString, blobPort, queuePort, tablePort, azurite, stop };
}
