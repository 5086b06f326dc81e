import { type AppError, InvalidRequest, type Problem } from '../errors.ts';
import type { BlobVersion } from '../storage/imageStore.ts';
import { TASK_NAMES } from '../tasks/taskRequest.ts';
import type { AnalysisRequest } from './analysisRequest.ts';
import { optionOfText } from './optionOfText.ts';
import { type RequestDefaults, resolveRequest } from './resolveRequest.ts';

/** Options for many files at once, which replace those of each file. */
export interface UploadOverrides {
  readonly task?: string;
  readonly model?: string;
  readonly parts?: 'auto' | 'none';
  readonly pages?: string;
  readonly allowMissingPages?: boolean;
  readonly maxUsd?: number;
}

/** The request of a dropped file; if it is wrong, the default request, with the problem. */
export function requestOfUpload(
  version: Pick<BlobVersion, 'name' | 'metadata'>,
  defaults: RequestDefaults,
  overrides: UploadOverrides = {},
): { readonly request: AnalysisRequest; readonly problem?: AppError } {
  try {
    return { request: resolveRequest({ ...uploadOptions(version.name, version.metadata), ...overrides }, defaults) };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return { request: resolveRequest({}, defaults), problem: error };
  }
}

/** Metadata keys with the options of an upload; keys of other programs are ignored. */
const METADATA_KEYS = [
  'task',
  'question',
  'model',
  'detail',
  'parts',
  'reuse',
  'pages',
  'per',
  'allowMissingPages',
  'maxUsd',
  'textLayer',
] as const;

/**
 * The options of a dropped file: its metadata (percent-encoded UTF-8, since metadata is ASCII), else the first folder
 * of its name if that is a task's name. `uploadOptions('tables/march.png', {})` is `{ task: 'tables' }`.
 *
 * @param metadata keys in lower case
 * @throws {InvalidRequest} with every value that is not percent-encoded UTF-8
 */
export function uploadOptions(
  name: string,
  metadata: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const problems: Problem[] = [];
  const options: Record<string, unknown> = {};
  for (const key of METADATA_KEYS) {
    const value = metadata[key.toLowerCase()];
    if (value === undefined) continue;
    try {
      const text = decodeURIComponent(value);
      options[key] = optionOfText(key, text);
    } catch {
      problems.push({ path: key, message: `The metadata ${key} is "${value}", which is not percent-encoded UTF-8.` });
    }
  }
  if (problems.length > 0) throw new InvalidRequest(problems);
  const [folder, ...rest] = name.split('/');
  const folderTask = rest.length > 0 ? TASK_NAMES.find((task) => task === folder) : undefined;
  return folderTask === undefined ? options : { task: folderTask, ...options };
}
