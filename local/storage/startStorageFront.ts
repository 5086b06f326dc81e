import { readFile } from 'node:fs/promises';
import { type BlobEventsOptions, createBlobEvents } from './blobEvents.ts';
import { type Azurite, azuriteConnectionString } from './startAzurite.ts';
import type { StorageService } from './storageCall.ts';
import type { StorageLayer } from './storageLayer.ts';
import { type StorageProxy, startStorageProxy } from './storageProxy.ts';
import type { SmallPages } from './strict/seededChoices.ts';
import { strictLayers } from './strict/strictLayers.ts';

export interface StorageFrontOptions {
  readonly azurite: Pick<Azurite, 'blobPort' | 'queuePort' | 'tablePort' | 'connectionString'>;
  /** Where clients send their requests; 0 or absent takes a free port. */
  readonly ports?: { readonly blob?: number; readonly queue?: number; readonly table?: number };
  /**
   * `strict` (the default): the rules of the real services apply, whatever Azurite allows. `none`, for a benchmark that
   * measures what the rules cost: clients reach Azurite itself, and only what raises events passes a proxy.
   */
  readonly strictness?: 'strict' | 'none';
  /** Of the choices that the strict rules leave open, such as where a page ends; default 1. */
  readonly seed?: number;
  readonly smallPages?: SmallPages;
  /** They come before the strict rules, as the real service checks who calls before it looks at the request. */
  readonly layers?: readonly StorageLayer[];
  /** Absent: writes raise no events. */
  readonly events?: BlobEventsOptions;
  /** The certificate of an Azurite that speaks HTTPS. */
  readonly https?: { readonly certificateFile: string; readonly keyFile: string };
  readonly onLine?: (line: string) => void;
}

/** The storage as clients are to see it: Azurite behind everything that makes it like the real service. */
export interface StorageFront {
  readonly blobPort: number;
  readonly queuePort: number;
  readonly tablePort: number;
  /** As Azurite's, with the account's key, through here. */
  readonly connectionString: string;
  /** Settles when every event raised so far has been delivered. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a proxy in front of each of Azurite's services. Azurite may be stopped and started again behind it.
 *
 * @throws Error, with the port, when one is in use.
 */
export async function startStorageFront(options: StorageFrontOptions): Promise<StorageFront> {
  const { azurite, ports = {}, https, onLine } = options;
  const rules =
    options.strictness === 'none'
      ? []
      : strictLayers({ seed: options.seed ?? 1, ...(options.smallPages && { smallPages: options.smallPages }) });
  const layers = [...(options.layers ?? []), ...rules];
  const events =
    options.events &&
    createBlobEvents(options.events, {
      connectionString: azurite.connectionString,
      ...(https && { certificate: await readFile(https.certificateFile, 'utf8') }),
      ...(onLine && { onLine }),
    });
  const started: StorageProxy[] = [];
  const start = async (service: StorageService, targetPort: number): Promise<number> => {
    const raisesEvents = events !== undefined && service === 'blob';
    if (layers.length === 0 && !raisesEvents && ports[service] === undefined) return targetPort;
    const proxy = await startStorageProxy({
      ...{ service, port: ports[service] ?? 0, targetPort, layers, ...(https && { https }) },
      ...(raisesEvents && { onAnswered: events.onAnswered }),
    });
    started.push(proxy);
    return proxy.port;
  };
  const stop = async (): Promise<void> => {
    events?.stop();
    await Promise.all(started.splice(0).map((proxy) => proxy.stop()));
  };
  try {
    const place = {
      blobPort: await start('blob', azurite.blobPort),
      queuePort: await start('queue', azurite.queuePort),
      tablePort: await start('table', azurite.tablePort),
    };
    const connectionString = azuriteConnectionString({ ...place, protocol: https ? 'https' : 'http' });
    return { ...place, connectionString, settled: async () => await events?.settled(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
