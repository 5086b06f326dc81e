import { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } from '@azure/identity';
import { buildTemplate } from '../local/bicep.ts';

/**
 * Second phase of a deployment with ingestion `blob`: waits for the host's key `blobs_extension`, then deploys
 * webhook.bicep. `azd up` runs it after the code is there; it can be run again at any time.
 */

export interface Installation {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly functionAppName: string;
  readonly topicName: string;
  readonly storageAccountName: string;
}

export interface ResourceManager {
  /** `https://management.azure.com`, no trailing slash. */
  readonly url: string;
  readonly getToken: () => Promise<string>;
  /** webhook.bicep as a built template. */
  readonly buildWebhook: () => unknown;
  readonly sleep: (waitMs: number) => Promise<void>;
  readonly say: (sentence: string) => void;
}

/** The key appears some seconds to minutes after the first deployment of code. */
const POLL_MS = 10_000;
const KEY_POLLS = 30;
const DEPLOYMENT_POLLS = 60;
/** The subscription is made only when the app answers Event Grid's handshake, which a cold start can miss. */
const ATTEMPTS = 3;

const TO_RUN_AGAIN = 'then run `npm exec -- node infra/connectUploads.ts` again.';

const WEB_API = '2025-03-01';
const DEPLOYMENTS_API = '2025-04-01';

/** @throws {Error} when the key does not come within five minutes, or Azure refuses; with what to do */
export async function connectUploads(installation: Installation, azure: ResourceManager): Promise<void> {
  const group = `/subscriptions/${installation.subscriptionId}/resourceGroups/${installation.resourceGroup}`;
  await waitForKey(`${group}/providers/Microsoft.Web/sites/${installation.functionAppName}`, azure);
  for (let attempt = 1; ; attempt += 1) {
    const problem = await deployWebhook(group, installation, azure);
    if (problem === undefined) break;
    if (attempt === ATTEMPTS) throw new Error(`The event subscription could not be made: ${problem}`);
    azure.say(`Attempt ${attempt} of ${ATTEMPTS} to make the event subscription failed: ${problem}`);
    await azure.sleep(POLL_MS);
  }
  azure.say(`Uploads to ${installation.storageAccountName} now reach ${installation.functionAppName}.`);
}

async function waitForKey(site: string, azure: ResourceManager): Promise<void> {
  for (let poll = 1; poll <= KEY_POLLS; poll += 1) {
    const { status, body } = await call(azure, 'POST', `${site}/host/default/listKeys?api-version=${WEB_API}`);
    if (status === 401 || status === 403) {
      throw new Error(
        `You may not read the host's keys (${status}): the role Contributor on the function app lets you.`,
      );
    }
    if (status === 200 && (body as KeysOfHost).systemKeys?.blobs_extension) return;
    if (poll === 1) azure.say('Waiting for the key of the webhook; it appears when the host has started.');
    if (poll < KEY_POLLS) await azure.sleep(POLL_MS);
  }
  throw new Error(
    'The key blobs_extension has not appeared within five minutes: the host did not load onImageUploaded. ' +
      `Look at the log stream of the function app, ${TO_RUN_AGAIN}`,
  );
}

interface KeysOfHost {
  readonly systemKeys?: { readonly blobs_extension?: string };
}

interface DeploymentState {
  readonly properties?: { readonly provisioningState?: string; readonly error?: unknown };
  readonly error?: unknown;
}

/**
 * Why the deployment failed, or undefined.
 *
 * @throws {Error} when starting it again would be wrong: somebody cancelled it, or it may still be under way
 */
async function deployWebhook(
  group: string,
  installation: Installation,
  azure: ResourceManager,
): Promise<string | undefined> {
  const deployment = `${group}/providers/Microsoft.Resources/deployments/argus-uploads?api-version=${DEPLOYMENTS_API}`;
  const { functionAppName, topicName, storageAccountName } = installation;
  const parameters = Object.fromEntries(
    Object.entries({ functionAppName, topicName, storageAccountName }).map(([name, value]) => [name, { value }]),
  );
  const template = azure.buildWebhook();
  let reply = await call(azure, 'PUT', deployment, { properties: { mode: 'Incremental', template, parameters } });
  if (reply.status >= 400) return JSON.stringify((reply.body as DeploymentState).error ?? reply.status);
  for (let poll = 0; ; poll += 1) {
    // An answer without a state, such as a 503, says nothing about the deployment.
    const { provisioningState, error } = (reply.body as DeploymentState).properties ?? {};
    if (provisioningState === 'Succeeded') return undefined;
    if (provisioningState === 'Failed') return JSON.stringify(error ?? 'Failed');
    if (provisioningState === 'Canceled') {
      throw new Error(`The deployment argus-uploads was cancelled. To connect the uploads, look why, ${TO_RUN_AGAIN}`);
    }
    if (poll === DEPLOYMENT_POLLS) {
      throw new Error(
        `The deployment argus-uploads has not ended within ten minutes (${provisioningState ?? reply.status}). ` +
          `Wait for its end in the portal, under Deployments of the resource group, ${TO_RUN_AGAIN}`,
      );
    }
    await azure.sleep(POLL_MS);
    reply = await call(azure, 'GET', deployment);
  }
}

async function call(
  azure: ResourceManager,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${azure.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${await azure.getToken()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  } catch {
    return { status: response.status, body: { error: text.slice(0, 500) } };
  }
}

/** The installation as azd knows it. @throws {Error} naming the variables that are missing */
export function installationFrom(environment: Readonly<Record<string, string | undefined>>): Installation {
  const names = {
    subscriptionId: 'AZURE_SUBSCRIPTION_ID',
    resourceGroup: 'AZURE_RESOURCE_GROUP',
    functionAppName: 'FUNCTION_APP_NAME',
    topicName: 'UPLOADS_TOPIC_NAME',
    storageAccountName: 'IMAGES_ACCOUNT_NAME',
  } as const;
  const missing = Object.values(names).filter((name) => !environment[name]);
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')} not set: the outputs of the deployment of main.bicep.`);
  const value = (key: keyof typeof names): string => environment[names[key]] ?? '';
  return {
    subscriptionId: value('subscriptionId'),
    resourceGroup: value('resourceGroup'),
    functionAppName: value('functionAppName'),
    topicName: value('topicName'),
    storageAccountName: value('storageAccountName'),
  };
}

if (import.meta.main) {
  if (process.env.INGESTION === 'queue') {
    console.log('Ingestion is `queue`: the event subscription is there already.');
  } else {
    const credential = new ChainedTokenCredential(new AzureDeveloperCliCredential(), new AzureCliCredential());
    await connectUploads(installationFrom(process.env), {
      url: 'https://management.azure.com',
      getToken: async () => (await credential.getToken('https://management.azure.com/.default')).token,
      buildWebhook: () => buildTemplate('infra/webhook.bicep'),
      sleep: (waitMs) => new Promise((resolve) => setTimeout(resolve, waitMs)),
      say: (sentence) => console.log(sentence),
    }).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  }
}
