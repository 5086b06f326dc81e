import { createServer, type Server } from 'node:http';
import { listen } from '../process/listen.ts';
import { type Charge, type ChargeSummary, summarise, writeCharges } from './chargeLog.ts';
import { handleControl } from './control.ts';
import { type FaultPlanInput, faultPlanSchema, randomOfRegion } from './faults.ts';
import { createLook } from './lookAt.ts';
import { createRegion, type Region } from './region.ts';
import { type RegionChange, type RegionOptions, regionOptionsSchema } from './regionOptions.ts';
import { routeOf } from './route.ts';
import { createSharedScopes } from './sharedScopes.ts';
import { createWordReader } from './wordReader.ts';

export interface RunningRegion {
  readonly name: string;
  /** `http://127.0.0.1:<port>`, as the product's `endpoint`. */
  readonly endpoint: string;
  /** Where other processes steer it: `<endpoint>/__control`. */
  readonly control: string;
  readonly charges: () => readonly Charge[];
  readonly summary: () => ChargeSummary;
  readonly setFaults: (plan: FaultPlanInput) => void;
  readonly change: (change: RegionChange) => void;
  readonly forgetWindows: () => void;
}

export interface Regions {
  readonly all: readonly RunningRegion[];
  /** @throws {Error} for a name that does not run. */
  readonly get: (name: string) => RunningRegion;
  /** Of all regions, by the time of arrival. */
  readonly charges: () => readonly Charge[];
  readonly summary: () => ChargeSummary;
  readonly forgetCharges: () => void;
  /** Writes all charges as JSON Lines. */
  readonly writeCharges: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Starts emulated regions, each on a port of its own on 127.0.0.1. They share the reader of words,
 * the quotas of scopes that their deployments name, and nothing else.
 *
 * @throws {Error} when options are wrong, a model is unknown, or a port is taken; nothing is left running then.
 * @example
 * const regions = await startRegions({ secret: 'local', regions: seedRegions() });
 * regions.get('swedencentral').setFaults({ script: [{ kind: 'throttle', retryAfterMs: 2000 }] });
 */
export async function startRegions(options: {
  /** What the identity endpoint signs its tokens with. */
  readonly secret: string;
  readonly regions: readonly RegionOptions[];
  /** For random faults: the same seed, the same faults. @default 1 */
  readonly seed?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly nowMs?: () => number;
  /** Whether a client id has a role that lets it ask models in a region; absent: each one has, in every region. */
  readonly mayAsk?: (region: string, clientId: string) => boolean;
}): Promise<Regions> {
  const reader = createWordReader();
  const look = createLook(reader);
  const scopes = createSharedScopes();
  const { secret, nowMs = Date.now, seed = 1, mayAsk } = options;
  const running: { readonly server: Server; readonly region: Region; readonly view: RunningRegion }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.map(({ server }) => stop(server)));
    await reader.close();
  };
  try {
    for (const one of options.regions) {
      const settings = regionOptionsSchema.parse(one);
      const random = randomOfRegion(seed, settings.name);
      const region = createRegion(settings, {
        ...{ secret, look, random, nowMs, scopes },
        ...(mayAsk && { mayAsk: (clientId) => mayAsk(settings.name, clientId) }),
      });
      const server = serverOf(region);
      const port = await listen(server, `The region ${settings.name}`, settings.port);
      running.push({ server, region, view: viewOf(region, `http://127.0.0.1:${port}`) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const charges = (): readonly Charge[] =>
    running.flatMap(({ region }) => region.charges()).sort((one, other) => one.receivedAtMs - other.receivedAtMs);
  return {
    all: running.map(({ view }) => view),
    get: (name) => {
      const found = running.find(({ region }) => region.name === name);
      if (!found) throw new Error(`No region "${name}" runs.`);
      return found.view;
    },
    charges,
    summary: () => summarise(charges()),
    forgetCharges: () => {
      for (const { region } of running) region.forgetCharges();
    },
    writeCharges: (file) => writeCharges(charges(), file),
    close,
  };
}

function viewOf(region: Region, endpoint: string): RunningRegion {
  return {
    name: region.name,
    endpoint,
    control: `${endpoint}/__control`,
    charges: region.charges,
    summary: () => summarise(region.charges()),
    setFaults: (plan) => region.setFaults(faultPlanSchema.parse(plan)),
    change: region.change,
    forgetWindows: region.forgetWindows,
  };
}

function serverOf(region: Region): Server {
  // A connection that is reused just as it times out is reset: an unwanted fault.
  return createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const route = routeOf(incoming.method, incoming.url);
    const handled =
      route.kind === 'control'
        ? handleControl(region, { path: route.path, incoming, outgoing })
        : region.handle(incoming, outgoing);
    handled.catch((error: unknown) => {
      // A mistake of the emulator itself: loud, and never mistaken for the service's own 500.
      console.error(`The emulated region ${region.name} failed:`, error);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(599, { 'content-type': 'text/plain' }).end('The emulated region itself failed.');
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
