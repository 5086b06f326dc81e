import type { DeploymentView } from '../pool/ledger.ts';

/** The deployments that a waiting request may use now: those of its model, or the one that it names. */
export function servingOf(
  pool: readonly DeploymentView[],
  request: { readonly model: string; readonly deploymentName?: string },
): readonly DeploymentView[] {
  return pool.filter(
    ({ deployment, circuit }) =>
      deployment.model === request.model &&
      circuit.state !== 'open' &&
      (request.deploymentName ?? deployment.name) === deployment.name,
  );
}

/** How much of our estimate these deployments admit in a minute. */
export function tokensPerMinuteOf(serving: readonly DeploymentView[]): number {
  return serving.reduce(
    (sum, { deployment, admissionFactor }) => sum + deployment.tokensPerMinute / admissionFactor,
    0,
  );
}
