import { buildTemplate } from '../local/make/bicep.ts';
import { deploySubscription } from './deploySubscription.ts';
import { type Installation, installationFrom } from './installation.ts';
import { publicAzure, type ResourceManager } from './resourceManager.ts';
import { azureCredential, tokenOf } from './signIn.ts';
import { assertSettingsAreRight, waitForKey } from './waitForKey.ts';
import { waitForRoles } from './waitForRoles.ts';

/**
 * Second phase of a deployment: waits for the roles, with ingestion `blob` also for the host's key, then makes the event
 * subscription by webhook.bicep or queue.bicep. `azd up` runs it after the code is there. Can be run again at any time.
 * With `--only-roles` it ends after the first step; azd runs that before it deploys the code.
 */

/** A new role can be known here and not yet there, and a cold start can miss Event Grid's handshake. */
const ATTEMPTS = 10;
const PAUSE_MS = 30_000;

/** @throws {Error} when what it waits for does not come, or Azure refuses; with what to do */
export async function connectUploads(
  installation: Installation,
  azure: ResourceManager,
  buildSubscription: () => unknown,
): Promise<void> {
  await waitForRoles(installation, azure);
  if (installation.ingestion === 'blob') await waitForKey(installation, azure);
  const template = buildSubscription();
  for (let attempt = 1; ; attempt += 1) {
    const problem = await deploySubscription(installation, template, azure);
    if (problem === undefined) break;
    if (installation.ingestion === 'blob') await assertSettingsAreRight(installation);
    if (attempt === ATTEMPTS) throw new Error(`The event subscription could not be made: ${problem}`);
    azure.say(
      `Attempt ${attempt} of ${ATTEMPTS} to make the event subscription failed, the next is in 30 seconds: ${problem}`,
    );
    await azure.sleep(PAUSE_MS);
  }
  azure.say(`Uploads to ${installation.imagesAccountName} now reach ${installation.functionAppName}.`);
}

const HELP = `npm run connect [-- --only-roles]
Makes the event subscription of an installation, once its roles work and, with ingestion "blob", the host has its key.
--only-roles  ends when the roles work: then the code can be deployed.
It reads the outputs of main.bicep from environment variables; \`azd hooks run postdeploy\` sets them.`;

/** @throws {Error} with what to do */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(HELP);
  const unknown = args.filter((arg) => arg !== '--only-roles');
  if (unknown.length > 0) throw new Error(`The only option is --only-roles, and ${unknown.join(' ')} was given.`);
  const installation = installationFrom(process.env);
  const credential = azureCredential();
  const azure = publicAzure(() => tokenOf(credential));
  if (args.includes('--only-roles')) {
    await waitForRoles(installation, azure);
    console.log('The roles that the deployment of the code needs are there.');
    return;
  }
  const file = installation.ingestion === 'blob' ? 'infra/webhook.bicep' : 'infra/queue.bicep';
  await connectUploads(installation, azure, () => buildTemplate(file));
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
