import { readConfig } from '../../shared/settings/config.ts';
import { readJsonOf } from '../process/readJson.ts';

/**
 * The text of a file of deployments, in the form of VISION_DEPLOYMENTS, once it was checked together with the settings of
 * the environment (keys that it names, DEFAULT_MODEL).
 *
 * @throws Error with a sentence when the file does not exist or it is not valid JSON, else naming everything that is wrong.
 */
export async function readDeploymentsFile(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const deployments = JSON.stringify(await readJsonOf('--deployments', file));
  try {
    readConfig({ ...environment, VISION_DEPLOYMENTS: deployments, IMAGES_STORAGE: 'UseDevelopmentStorage=true' });
  } catch (error) {
    throw new Error(`With --deployments ${file}: ${(error as Error).message}`, { cause: error });
  }
  return deployments;
}
