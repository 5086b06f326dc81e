import { createRequire } from 'node:module';
import { startChild } from '../process/startChild.ts';

/** Azurite's well-known account: no secret, the same in every installation (Azurite, README, "Default Storage Account"). */
export const AZURITE_ACCOUNT = 'devstoreaccount1';
/** A second account, for what an installation keeps apart; it has the same key. */
export const AZURITE_HOST_ACCOUNT = 'devhostaccount1';
export const AZURITE_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface AzuriteOptions {
  /** Where to keep the state; none: in memory, gone when it stops. */
  readonly directory?: string;
  /** 0 (the default) takes free ports. */
  readonly blobPort?: number;
  readonly queuePort?: number;
  readonly tablePort?: number;
  /** With a certificate it speaks HTTPS and takes bearer tokens (`--oauth basic`) as well as the account key. */
  readonly https?: { readonly certificateFile: string; readonly keyFile: string };
  readonly onLine?: (line: string) => void;
}

export interface Azurite {
  readonly connectionString: string;
  readonly blobPort: number;
  readonly queuePort: number;
  readonly tablePort: number;
  readonly processId: number;
  stop(): Promise<void>;
}

/**
 * Starts Azurite for blobs, queues and tables as a child process that ends with this one.
 *
 * @throws Error, with the port, when one is in use.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const ports: Record<string, number> = {};
  const portsInUse: string[] = [];
  const child = await startChild({
    name: 'Azurite',
    script: createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'),
    arguments: azuriteArguments(options),
    environment: { AZURITE_ACCOUNTS: `${AZURITE_ACCOUNT}:${AZURITE_KEY};${AZURITE_HOST_ACCOUNT}:${AZURITE_KEY}` },
    readReady: (line) => {
      const listening = /^Azurite (Blob|Queue|Table) service is successfully listening at https?:\/\/.*:(\d+)/.exec(
        line,
      );
      if (listening?.[1] !== undefined) ports[listening[1]] = Number(listening[2]);
      const inUse = /EADDRINUSE.*:(\d+)/.exec(line);
      if (inUse?.[1] !== undefined) portsInUse.push(inUse[1]);
      const { Blob: blobPort, Queue: queuePort, Table: tablePort } = ports;
      return blobPort && queuePort && tablePort ? { blobPort, queuePort, tablePort } : undefined;
    },
    readyWithinMs: 120_000,
    endWithinMs: 30_000,
    ...(options.onLine && { onLine: options.onLine }),
  }).catch((error: unknown) => {
    if (portsInUse[0] === undefined) throw error;
    throw new Error(`Azurite cannot listen on port ${portsInUse[0]}: another program is using it.`, { cause: error });
  });
  const connectionString = azuriteConnectionString({ ...child.ready, protocol: options.https ? 'https' : 'http' });
  return { ...child.ready, connectionString, processId: child.processId, stop: child.stop };
}

/** The connection string for an Azurite at these ports; give the blob port of a proxy to have its events raised. */
export function azuriteConnectionString(place: {
  readonly blobPort: number;
  readonly queuePort: number;
  readonly tablePort: number;
  readonly protocol?: 'http' | 'https';
  /** @default AZURITE_ACCOUNT */
  readonly account?: string;
}): string {
  const { protocol = 'http', account = AZURITE_ACCOUNT } = place;
  const endpoint = (port: number): string => `${protocol}://127.0.0.1:${port}/${account}`;
  return [
    `DefaultEndpointsProtocol=${protocol}`,
    `AccountName=${account}`,
    `AccountKey=${AZURITE_KEY}`,
    `BlobEndpoint=${endpoint(place.blobPort)}`,
    `QueueEndpoint=${endpoint(place.queuePort)}`,
    `TableEndpoint=${endpoint(place.tablePort)}`,
  ].join(';');
}

function azuriteArguments(options: AzuriteOptions): string[] {
  return [
    ...['--blobPort', `${options.blobPort ?? 0}`],
    ...['--queuePort', `${options.queuePort ?? 0}`],
    ...['--tablePort', `${options.tablePort ?? 0}`],
    ...(options.directory === undefined ? ['--inMemoryPersistence'] : ['--location', options.directory]),
    ...(options.https
      ? ['--cert', options.https.certificateFile, '--key', options.https.keyFile, '--oauth', 'basic']
      : []),
    // The SDK may be newer than Azurite and then asks for an API version that Azurite does not know yet.
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--silent',
  ];
}
