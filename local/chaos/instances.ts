import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type StartedHost, startHost } from '../host/startHost.ts';
import type { Deliver } from '../storage/blobEvents.ts';
import { deliverToWebhook } from '../storage/deliverEvents.ts';

/** App processes that are killed and restarted. */
export interface Instances {
  /** Starts them all. */
  start(count: number, skewMs: (place: number) => number): Promise<void>;
  /** kill -9 of one, which is started again; gives its place, or undefined when none was running. */
  kill(pick: number): Promise<number | undefined>;
  /** Hands an event to one that runs. @throws Error when none does */
  readonly deliver: (pick: () => number) => Deliver;
  /** Runs the timer of one that runs; without one nothing happens. */
  runTimer(): Promise<void>;
  call(path: string, init: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

interface Instance {
  host: StartedHost;
  deliver: Deliver;
}

const SKEWED = pathToFileURL(join(import.meta.dirname, 'skewClock.ts')).href;

/** A message that a killed process had fetched shows again after this. */
const MESSAGE_LEASE_SECONDS = 10;

export function createInstances(options: {
  readonly appFolder: string;
  readonly settingsOf: (place: number) => Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}): Instances {
  let running: (Instance | undefined)[] = [];
  let skewOf: (place: number) => number = () => 0;
  let isStopping = false;
  const starting = new Set<Promise<void>>();

  async function startOne(place: number): Promise<void> {
    const { appFolder, onLine } = options;
    const skew = { NODE_OPTIONS: `--import=${SKEWED}`, CHAOS_SKEW_MS: String(skewOf(place)) };
    while (!isStopping) {
      try {
        const host = await startHost({
          ...{ folder: appFolder, leaseSeconds: MESSAGE_LEASE_SECONDS, graceSeconds: 20, onLine },
          settings: { ...options.settingsOf(place), ...skew },
        });
        const url = `${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.onImageUploaded`;
        running[place] = { host, deliver: await deliverToWebhook(url, onLine) };
        return;
      } catch (error) {
        // The storage may be away at this moment: the platform starts an instance over and over as well.
        onLine(`An instance did not start: ${(error as Error).message.split('\n')[0]}`);
        await sleep(500);
      }
    }
  }

  function startAgain(place: number): void {
    const work = startOne(place).finally(() => starting.delete(work));
    starting.add(work);
  }

  const alive = (): readonly Instance[] => running.filter((each) => each !== undefined);

  function pickOne(pick: number): Instance {
    const found = alive()[Math.floor(pick * alive().length)];
    if (!found) throw new Error('no instance runs');
    return found;
  }

  return {
    start: async (count, skewMs) => {
      skewOf = skewMs;
      isStopping = false;
      running = Array.from({ length: count }, () => undefined);
      await Promise.all(running.map((_, place) => startOne(place)));
    },
    kill: async (pick) => {
      if (alive().length === 0) return undefined;
      const victim = pickOne(pick);
      const place = running.indexOf(victim);
      running[place] = undefined;
      await victim.host.kill();
      startAgain(place);
      return place;
    },
    deliver: (pick) => async (event) => await pickOne(pick()).deliver(event),
    runTimer: async () => {
      const [first] = alive();
      await fetch(`${first?.host.url}/admin/functions/onTimer`, { method: 'POST' }).catch(() => undefined);
    },
    call: (path, init) => fetch(`${pickOne(0).host.url}${path}`, init),
    stop: async () => {
      isStopping = true;
      await Promise.all(starting);
      await Promise.all(alive().map(({ host }) => host.stop()));
      running = [];
    },
  };
}
