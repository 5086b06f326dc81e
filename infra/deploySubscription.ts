import { groupOf, type Installation } from './installation.ts';
import { apiVersionOf } from './knownToAzure.ts';
import { callAzure, errorOf, type Reply, type ResourceManager } from './resourceManager.ts';

const POLL_MS = 10_000;
const POLLS = 60;

const AGAIN = 'then run `azd hooks run postdeploy` again.';

interface DeploymentState {
  readonly properties?: { readonly provisioningState?: string; readonly error?: unknown };
}

/**
 * Deploys the template of the event subscription and waits for its end.
 *
 * @returns why it failed, where another attempt may help; undefined when it is done
 * @throws {Error} when starting it again would be wrong: Azure refuses it for good, somebody cancelled it, or it may still
 *   be under way
 */
export async function deploySubscription(
  installation: Installation,
  template: unknown,
  azure: ResourceManager,
): Promise<string | undefined> {
  const version = apiVersionOf('Microsoft.Resources/deployments');
  const path = `${groupOf(installation)}/providers/Microsoft.Resources/deployments/argus-uploads?api-version=${version}`;
  const parameters = parametersOf(installation);
  let reply = await callAzure(azure, 'PUT', path, { properties: { mode: 'Incremental', template, parameters } });
  assertNotFinal(reply);
  if (reply.status === 0 || reply.status >= 400) return errorOf(reply);
  for (let poll = 0; ; poll += 1) {
    // An answer without a state, such as a 503, says nothing about the deployment.
    const { provisioningState, error } = (reply.body as DeploymentState).properties ?? {};
    if (provisioningState === 'Succeeded') return undefined;
    if (provisioningState === 'Failed') return JSON.stringify(error ?? 'Failed');
    if (provisioningState === 'Canceled') {
      throw new Error(`The deployment argus-uploads was cancelled. To connect the uploads, look why, ${AGAIN}`);
    }
    if (poll === POLLS) {
      throw new Error(
        `The deployment argus-uploads has not ended within ten minutes (${provisioningState ?? reply.status}). ` +
          `Wait for its end in the portal, under Deployments of the resource group, ${AGAIN}`,
      );
    }
    await azure.sleep(POLL_MS);
    reply = await callAzure(azure, 'GET', path);
  }
}

function parametersOf(installation: Installation): Readonly<Record<string, { readonly value: string }>> {
  const { ingestion, functionAppName, topicName, imagesAccountName } = installation;
  return {
    ...(ingestion === 'blob' ? { functionAppName: { value: functionAppName } } : {}),
    topicName: { value: topicName },
    storageAccountName: { value: imagesAccountName },
  };
}

/** 400 is about the template, 401 and 403 about the person: neither changes by waiting. */
function assertNotFinal(reply: Reply): void {
  if (reply.status === 401 || reply.status === 403) {
    throw new Error(
      `You may not deploy the event subscription (${errorOf(reply)}): the role Contributor on the resource group lets you.`,
    );
  }
  if (reply.status === 400) throw new Error(`Azure refuses the event subscription: ${errorOf(reply)}.`);
}
