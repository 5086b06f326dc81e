import { readFile } from 'node:fs/promises';

/**
 * The JSON of a file that an option names.
 *
 * @throws Error with a sentence when there is no such file or it holds no JSON: `--deployments FILE: there is no such file.`
 */
export async function readJsonOf(option: string, file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${option} ${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${option} ${file} holds no JSON: ${(error as Error).message}.`);
  }
}
