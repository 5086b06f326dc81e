import { InvalidRequest, type Problem } from '../errors.ts';
import { TASK_NAMES } from '../tasks/taskRequest.ts';
import { flagOfText } from './resolveRequest.ts';

/** Metadata by which an uploader says what is asked of an image; other keys are somebody else's and are left alone. */
const METADATA_KEYS = ['task', 'question', 'model', 'detail', 'parts', 'reuse'] as const;

/**
 * What is asked of a dropped file: its metadata (percent-encoded UTF-8, since metadata is ASCII), else the first folder
 * of its name when that is a task's name. `uploadOptions('tables/march.png', {})` is `{ task: 'tables' }`.
 *
 * @param metadata keys in lower case
 * @throws {InvalidRequest} with every value that is not percent-encoded UTF-8
 */
export function uploadOptions(
  name: string,
  metadata: Readonly<Record<string, string>>,
): Readonly<Record<string, string | boolean>> {
  const problems: Problem[] = [];
  const options: Record<string, string | boolean> = {};
  for (const key of METADATA_KEYS) {
    const value = metadata[key];
    if (value === undefined) continue;
    try {
      const text = decodeURIComponent(value);
      options[key] = key === 'reuse' ? flagOfText(text) : text;
    } catch {
      problems.push({ path: key, message: `The metadata ${key} is "${value}", which is not percent-encoded UTF-8.` });
    }
  }
  if (problems.length > 0) throw new InvalidRequest(problems);
  const [folder, ...rest] = name.split('/');
  const folderTask = rest.length > 0 ? TASK_NAMES.find((task) => task === folder) : undefined;
  return folderTask === undefined ? options : { task: folderTask, ...options };
}
