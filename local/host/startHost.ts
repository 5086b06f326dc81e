import { join } from 'node:path';
import { startChild } from '../process/startChild.ts';
import type { HostKeys } from './hostKeys.ts';

export interface StartHostOptions {
  /** The app's folder: package.json, host.json, what `main` names. */
  readonly folder: string;
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** App settings; they come before those of local.settings.json. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** Keys are asked for, and kept in `keysFile` where one is given. */
  readonly keys?: 'enforced' | 'ignored';
  readonly keysFile?: string;
  /** How long a fetched message stays hidden when this process dies. Default: 600 s, as in the host. */
  readonly leaseSeconds?: number;
  /** How long running functions may go on after `stop()`. Default: 600 s, the platform's at an update. */
  readonly graceSeconds?: number;
  readonly onLine?: (line: string) => void;
}

export interface StartedHost {
  readonly url: string;
  readonly functions: readonly string[];
  /** Sentences about functions that cannot run, or about the app when none can. */
  readonly errors: readonly string[];
  /** Milliseconds from the first file of the app to the last start hook. */
  readonly registeredMs: number;
  readonly keys: HostKeys | undefined;
  readonly processId: number;
  readonly ended: Promise<number | string>;
  /** Ends it as the platform does: what runs may finish. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/**
 * Starts a host as a child process, which ends with this one. An app that cannot be loaded has no function, as in the real
 * host, and `errors` says why.
 *
 * @throws Error with its last lines when it cannot start
 */
export async function startHost(options: StartHostOptions): Promise<StartedHost> {
  const graceSeconds = options.graceSeconds ?? 600;
  const child = await startChild({
    name: 'The Functions host',
    script: join(import.meta.dirname, 'main.ts'),
    arguments: [
      ...['--app', options.folder, '--port', `${options.port ?? 0}`],
      ...['--lease', `${options.leaseSeconds ?? 600}`, '--grace', `${graceSeconds}`],
      ...(options.keys === 'enforced' ? ['--enforce-keys'] : []),
      ...(options.keysFile === undefined ? [] : ['--keys', options.keysFile]),
    ],
    ...(options.settings && { environment: options.settings }),
    readReady: (line) => {
      if (!line.startsWith('{"ready":true,')) return undefined;
      return JSON.parse(line) as Pick<StartedHost, 'url' | 'functions' | 'errors' | 'registeredMs' | 'keys'>;
    },
    readyWithinMs: 120_000,
    endWithinMs: (graceSeconds + 60) * 1000,
    ...(options.onLine && { onLine: options.onLine }),
  });
  const { ready, ...process } = child;
  return { ...ready, ...process };
}
