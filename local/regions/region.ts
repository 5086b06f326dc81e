import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tokenProblem } from './bearer.ts';
import { type Charge, createChargeLog } from './chargeLog.ts';
import { deliver } from './deliver.ts';
import { faultName } from './fault.ts';
import { createFaults, type FaultPlan } from './faults.ts';
import { changeHeaders } from './headerChanges.ts';
import { createLimiter } from './limiter.ts';
import type { Look } from './lookAt.ts';
import { modelRow } from './modelRow.ts';
import { readBody } from './readBody.ts';
import { type RegionChange, type RegionSettings, regionChangeSchema } from './regionOptions.ts';
import { errorReply, type Reply } from './reply.ts';
import { type Route, routeOf } from './route.ts';
import { type RunningDeployment, serveChat } from './serveChat.ts';
import { deploymentNotFound, invalidJson, resourceNotFound, versionOnV1 } from './serviceError.ts';
import type { SharedScopes } from './sharedScopes.ts';

/** One region while it runs: what HTTP and tests can do with it. */
export interface Region {
  readonly name: string;
  readonly settings: () => RegionSettings;
  readonly charges: () => readonly Charge[];
  readonly forgetCharges: () => void;
  readonly faults: () => FaultPlan;
  readonly setFaults: (plan: FaultPlan) => void;
  readonly change: (change: RegionChange) => void;
  /** Forgets what was counted against the quotas: every minute starts again. */
  readonly forgetWindows: () => void;
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
}

/** As Azure writes them in `x-ms-region`; other regions go by their short name. */
const displayNames: Readonly<Record<string, string>> = {
  australiaeast: 'Australia East',
  swedencentral: 'Sweden Central',
  switzerlandnorth: 'Switzerland North',
  westus: 'West US',
};

/** A region that answers the data plane; `random` deals its random faults. */
export function createRegion(
  first: RegionSettings,
  with_: {
    readonly secret: string;
    readonly look: Look;
    readonly random: () => number;
    readonly nowMs: () => number;
    /** Quotas that it shares with other regions. */
    readonly scopes: SharedScopes;
    /** Whether a client id may ask models here; absent: each one may. */
    readonly mayAsk?: ((clientId: string) => boolean) | undefined;
  },
): Region {
  let settings = first;
  let deployments = new Map(first.deployments.map((one) => [one.deployment, runningDeployment(one, first)]));
  const moveToScope = (name: string, scope: string | null): void => {
    const running = deployments.get(name);
    if (!running) throw noDeployment(first.name, name);
    const { model, version } = running.settings;
    const limits = (): RunningDeployment['limits'] => deployments.get(name)?.limits ?? running.limits;
    const { window } = first;
    with_.scopes.move(
      { region: first.name, deployment: name, model, version, limits, window, requestSliceMs: running.requestSliceMs },
      scope,
    );
  };
  for (const { deployment, scope } of first.deployments) if (scope !== undefined) moveToScope(deployment, scope);
  const log = createChargeLog();
  const faults = createFaults(first.faults, with_.random);

  const decide = async (
    asked: { readonly authorization: string | undefined; readonly body: Buffer; readonly route: Route },
    note: (more: Partial<Charge>) => void,
  ): Promise<Reply> => {
    const { route } = asked;
    if (route.kind === 'version-on-v1') return errorReply(versionOnV1);
    if (route.kind !== 'chat') return errorReply(resourceNotFound);
    const problem = tokenProblem(asked.authorization, { ...with_, nowMs: with_.nowMs() });
    if (problem) return errorReply(problem);
    const body = parsed(asked.body);
    const name = route.deployment ?? modelOf(body);
    note({ deployment: name });
    const deployment = deployments.get(name);
    // On v1 only the body says which deployment is meant.
    const isLost = body === undefined && route.deployment === null;
    if (!deployment && !isLost) return errorReply(deploymentNotFound);
    if (!deployment || body === undefined) return errorReply(invalidJson);
    const fault = faults.next();
    note({ fault: faultName(fault) });
    const { look, nowMs } = with_;
    const metered = { ...deployment, ...with_.scopes.meterOf(first.name, name) };
    const at = { deployment: metered, region: settings, apiVersion: route.apiVersion, fault, look, nowMs };
    return { ...(await serveChat(body, at)), headerChanges: fault.headers ?? {} };
  };

  return {
    name: first.name,
    settings: () => settings,
    charges: log.charges,
    forgetCharges: log.forget,
    faults: faults.plan,
    setFaults: faults.set,
    change: (asked) => {
      const { tokensPerMinute = {}, scopes = {}, ...rest } = regionChangeSchema.parse(asked);
      const named = [...Object.keys(tokensPerMinute), ...Object.keys(scopes)];
      const unknown = named.find((name) => !deployments.has(name));
      if (unknown !== undefined) throw noDeployment(first.name, unknown);
      settings = { ...settings, ...withoutUndefined(rest) };
      deployments = new Map(
        [...deployments].map(([name, running]) => {
          const limits = {
            ...running.limits,
            tokensPerMinute: tokensPerMinute[name] ?? running.limits.tokensPerMinute,
          };
          return [name, { ...running, limits }] as const;
        }),
      );
      for (const [name, scope] of Object.entries(scopes)) moveToScope(name, scope);
    },
    forgetWindows: () => {
      with_.scopes.forget();
      for (const { limiter } of deployments.values()) limiter.forget();
    },
    handle: async (incoming, outgoing) => {
      const body = await readBody(incoming);
      const id = randomUUID();
      const note = log.open(emptyCharge({ id, region: first.name, receivedAtMs: with_.nowMs() }));
      if (body === null) {
        note({ endedAtMs: with_.nowMs(), clientThere: false });
        incoming.socket.destroy();
        return;
      }
      const { authorization } = incoming.headers;
      const route = routeOf(incoming.method, incoming.url);
      const reply = await decide({ authorization, body, route }, note);
      note(reply.charge);
      const clientId = incoming.headers['x-ms-client-request-id'];
      const always = {
        'apim-request-id': id,
        'x-request-id': id,
        'x-ms-region': displayNames[first.name] ?? first.name,
        ...(typeof clientId === 'string' ? { 'x-ms-client-request-id': clientId } : {}),
      };
      const changes = { ...settings.headers, ...reply.headerChanges };
      const headers = changeHeaders({ ...always, ...reply.headers }, changes);
      const delivered = await deliver({ ...reply, headers }, outgoing);
      note({ ...delivered, endedAtMs: with_.nowMs() });
    },
  };
}

function runningDeployment(settings: RunningDeployment['settings'], region: RegionSettings): RunningDeployment {
  const row = modelRow(settings.model, settings.version);
  const byRatio = Math.floor((settings.tokensPerMinute * row.requestsPerThousandTokens) / 1000);
  const requestsPerMinute = settings.requestsPerMinute ?? Math.max(1, byRatio);
  const sliceMs = region.requestSliceMs ?? (requestsPerMinute >= 600 ? 1000 : 10_000);
  const limits = { tokensPerMinute: settings.tokensPerMinute, requestsPerMinute };
  return { settings, row, limits, requestSliceMs: sliceMs, limiter: createLimiter(region.window, sliceMs) };
}

function noDeployment(region: string, name: string): Error {
  return new Error(`The region ${region} has no deployment "${name}".`);
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function modelOf(body: unknown): string {
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : '';
  return typeof model === 'string' ? model : '';
}

function emptyCharge(known: Pick<Charge, 'id' | 'region' | 'receivedAtMs'>): Charge {
  return {
    ...known,
    deployment: '',
    endedAtMs: null,
    images: [],
    admissionTokens: 0,
    admitted: false,
    status: null,
    code: null,
    promptTokens: 0,
    completionTokens: 0,
    billedTokens: 0,
    finish: null,
    answered: false,
    clientThere: true,
    fault: null,
  };
}
