import type { CurrentBacklog } from '../../backlog/currentBacklog.ts';
import { allModels, modelKey } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import type { BudgetView } from '../../money/budget.ts';
import type { Deployment } from '../../pool/deployment.ts';
import type { DeploymentView } from '../../pool/ledger.ts';
import { quotaScopeOf } from '../../pool/quotaScope.ts';
import { type Calibrations, calibrationView } from '../../tokens/calibrations.ts';
import { usdOf } from '../../tokens/cost.ts';

/** A deployment's state as GET /deployments shows it. */
export function deploymentView(view: DeploymentView): Readonly<Record<string, unknown>> {
  const { deployment, circuit } = view;
  const at = deployment.model.indexOf('@');
  return {
    name: deployment.name,
    region: deployment.region,
    model: deployment.model.slice(0, at),
    version: deployment.model.slice(at + 1),
    sku: deployment.sku,
    quotaScope: quotaScopeOf(deployment),
    ...(deployment.subscription === undefined ? {} : { subscription: deployment.subscription }),
    tokensPerMinute: deployment.tokensPerMinute,
    requestsPerMinute: deployment.requestsPerMinute,
    bookedTokens: view.bookedTokens,
    freeFrom: new Date(view.freeFromMs).toISOString(),
    circuit: circuitOf(circuit),
    admissionFactor: view.admissionFactor,
    throttled: view.throttled,
    answered: view.answered,
    latencyMs: view.latencyMs,
    ...(view.localShare === undefined ? {} : { localShare: view.localShare }),
  };
}

/** The reason why a deployment is left out is shown until it answers again. */
function circuitOf(circuit: DeploymentView['circuit']): Readonly<Record<string, unknown>> {
  if (circuit.state === 'closed') return { state: 'closed' };
  const { state, reason } = circuit;
  return { state, ...(state === 'open' && { until: new Date(circuit.untilMs).toISOString() }), reason };
}

/** The catalogue as GET /models shows it, with the corrections learned from the pool's answers. */
export function modelViews(
  deployments: readonly Deployment[],
  calibrations: Calibrations,
): readonly Readonly<Record<string, unknown>>[] {
  return allModels().map((model) => {
    const names = deployments.flatMap(({ name, countsAs }) => (countsAs === modelKey(model) ? name : []));
    return { ...modelView(model), ...(names.length === 0 ? { inPool: false } : poolView(names, calibrations)) };
  });
}

function poolView(names: readonly string[], calibrations: Calibrations): Readonly<Record<string, unknown>> {
  const deployments = names.map((name) => ({ name, ...calibrationView(calibrations.of([name])) }));
  return { inPool: true, calibration: { ...calibrationView(calibrations.of(names)), deployments } };
}

function modelView(model: Model): Readonly<Record<string, unknown>> {
  const { name, version, lifecycle, imageTokens, regions, prices } = model;
  const { rule, confidence, source, alternatives } = imageTokens;
  return {
    name,
    version,
    stage: lifecycle.stage,
    retires: lifecycle.retires,
    imageTokens: { rule, confidence, source, alternatives },
    regions: regions.bySku,
    prices: prices.rates.map(({ derived: _, ...rate }) => rate),
    asOf: prices.asOf,
  };
}

/** The backlog as `GET /backlog` shows it, its times as ISO 8601. */
export function backlogView(backlog: CurrentBacklog): Readonly<Record<string, unknown>> {
  const { waiting, running, oldestWaitingSinceMs, expectedDoneAtMs, perMinute, pausedReason } = backlog;
  const { documents, expiredLeases, queueDepth, lastSuccessAtMs, isApproximate, seenAtMs } = backlog;
  return {
    waiting,
    ...(isApproximate && { isApproximate }),
    running,
    documents,
    oldestWaitingSince: isoOf(oldestWaitingSinceMs),
    expectedDoneAt: isoOf(expectedDoneAtMs),
    perMinute,
    expiredLeases,
    queueDepth,
    lastSuccessAt: isoOf(lastSuccessAtMs),
    ...(pausedReason === undefined ? {} : { pausedReason }),
    ...(seenAtMs === undefined ? {} : { seenAt: isoOf(seenAtMs) }),
  };
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

/** Spent and reserved money of each period with a limit, in USD; undefined without a limit. */
export function budgetView(view: BudgetView): Readonly<Record<string, unknown>> | undefined {
  const periods = Object.entries(view).map(([period, sums]) => {
    const { limitMicroUsd, spentMicroUsd, reservedMicroUsd, renewsAtMs } = sums;
    const money = {
      limitUsd: usdOf(limitMicroUsd),
      spentUsd: usdOf(spentMicroUsd),
      reservedUsd: usdOf(reservedMicroUsd),
    };
    return [period, { ...money, renewsAt: new Date(renewsAtMs).toISOString() }] as const;
  });
  return periods.length === 0 ? undefined : Object.fromEntries(periods);
}
