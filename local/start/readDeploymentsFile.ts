import { readFile } from 'node:fs/promises';
import { readConfig } from '../../shared/settings/config.ts';

/**
 * The text of a file of deployments, in the form of VISION_DEPLOYMENTS, once it was checked together with the settings of
 * the environment (keys that it names, DEFAULT_MODEL).
 *
 * @throws Error with a sentence when there is no such file or it is no JSON, else naming everything that is wrong.
 */
export async function readDeploymentsFile(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--deployments ${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`);
  });
  let deployments: string;
  try {
    deployments = JSON.stringify(JSON.parse(text));
  } catch (error) {
    throw new Error(`--deployments ${file} holds no JSON: ${(error as Error).message}.`);
  }
  try {
    readConfig({ ...environment, VISION_DEPLOYMENTS: deployments, IMAGES_STORAGE: 'UseDevelopmentStorage=true' });
  } catch (error) {
    throw new Error(`With --deployments ${file}: ${(error as Error).message}`, { cause: error });
  }
  return deployments;
}
