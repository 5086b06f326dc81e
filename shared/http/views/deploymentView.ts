import type { DeploymentView } from '../../pool/ledger.ts';

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

/** Why a deployment is out is shown until it has answered. */
function circuitOf(circuit: DeploymentView['circuit']): Readonly<Record<string, unknown>> {
  if (circuit.state === 'closed') return { state: 'closed' };
  const { state, reason } = circuit;
  return { state, ...(state === 'open' && { until: new Date(circuit.untilMs).toISOString() }), reason };
}
