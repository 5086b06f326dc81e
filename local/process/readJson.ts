import { readFile } from 'node:fs/promises';

/**
 * The JSON of a file that an option names.
 *
 * @throws Error with a sentence when the file does not exist or it is not valid JSON: `--deployments FILE: the file does not exist.`
 */
export async function readJsonOf(option: string, file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${option} ${file}: ${error.code === 'ENOENT' ? 'the file does not exist' : error.message}.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${option} ${file} is not valid JSON: ${(error as Error).message}.`);
  }
}
