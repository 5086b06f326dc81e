import { type Installation, siteOf } from './installation.ts';
import { apiVersionOf } from './knownToAzure.ts';
import { callAzure, callJson, type ResourceManager } from './resourceManager.ts';

/** The key appears some seconds to minutes after the first deployment of code. */
const POLL_MS = 10_000;
const POLLS = 30;

interface KeysOfHost {
  readonly systemKeys?: { readonly blobs_extension?: string };
}

/**
 * Waits for the host's key of its blob webhook, which is there once a function with a blob trigger has been loaded.
 *
 * @throws {Error} when it does not come within five minutes or cannot come at all; with what to do
 */
export async function waitForKey(installation: Installation, azure: ResourceManager): Promise<void> {
  const path = `${siteOf(installation)}/host/default/listKeys?api-version=${apiVersionOf('Microsoft.Web/sites')}`;
  for (let poll = 1; poll <= POLLS; poll += 1) {
    const { status, body } = await callAzure(azure, 'POST', path);
    if (status === 401 || status === 403) {
      throw new Error(
        `You may not read the host's keys (${status}): the role Contributor on the function app lets you.`,
      );
    }
    if (status === 200 && (body as KeysOfHost).systemKeys?.blobs_extension) return;
    await assertSettingsAreRight(installation);
    if (poll === 1) azure.say('Waiting for the key of the webhook; it appears when the host has started.');
    if (poll < POLLS) await azure.sleep(POLL_MS);
  }
  throw new Error(
    'The key blobs_extension has not appeared within five minutes: the host did not load onImageUploaded. ' +
      'Look at the log stream of the function app, then run `azd hooks run postdeploy` again.',
  );
}

interface HealthOfWrongSettings {
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
}

/**
 * With wrong settings the app registers no trigger for uploads, so that nothing is lost; it says so in its health.
 *
 * @throws {Error} with every wrong setting
 */
export async function assertSettingsAreRight({ apiUrl }: Installation): Promise<void> {
  const { status, body } = await callJson(`${apiUrl}/health`, { signal: AbortSignal.timeout(10_000) });
  const { problems = [] } = (body ?? {}) as HealthOfWrongSettings;
  if (status !== 503 || problems.length === 0) return;
  const sentences = problems.map(({ path, message }) => `${path} ${message}`);
  throw new Error(
    `The app takes no uploads, because its settings are wrong: ${sentences.join(' ')} ` +
      'Change them in the parameters, run `azd provision`, then `azd hooks run postdeploy`.',
  );
}
