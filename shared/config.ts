import { z } from 'zod';
import { ConfigInvalid, type Problem } from './errors.ts';
import type { Deployment } from './pool/deployment.ts';
import { parseDeployments } from './pool/parseDeployments.ts';
import { TASK_NAMES, type TaskName } from './tasks/taskRequest.ts';

/** Settings as Argus uses them, read once from the environment; every problem is reported together, by name. */

export type StorageConnection =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      readonly blobServiceUri: string;
      readonly queueServiceUri: string;
      readonly tableServiceUri: string;
      readonly clientId: string | undefined;
    };

export interface Config {
  readonly deployments: readonly Deployment[];
  /** `name@version` */
  readonly defaultModel: string;
  readonly storage: StorageConnection;
  /** Client id of the user-assigned identity; absent: the app's own. */
  readonly identityClientId: string | undefined;
  readonly imagesContainer: string;
  readonly resultsContainer: string;
  readonly ingestion: 'blob' | 'queue';
  readonly defaultTask: TaskName;
  readonly blobBinding: 'reference' | 'bytes';
  readonly uploadMaxBytes: number;
  readonly imageMaxPixels: number;
  readonly inlineWaitMs: number;
  readonly httpShare: number;
  readonly answerLanguage: string | undefined;
  readonly httpAuth: 'key' | 'entra';
  readonly tokenScope: string;
  /** Value of a setting that a deployment names in `auth.keySetting`. */
  readonly keyOf: (keySetting: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const MEBIBYTE = 1024 * 1024;

/** The service takes no image of more pixels than a 16,383 px square, the largest side that WEBP has. */
const IMAGE_MAX_PIXELS = 268_402_689;

/** Every setting with its default; the example file and the template are checked against these names. */
export const SETTING_DEFAULTS = {
  VISION_DEPLOYMENTS: undefined,
  DEFAULT_MODEL: undefined,
  IMAGES_STORAGE: undefined,
  AZURE_CLIENT_ID: undefined,
  IMAGES_CONTAINER: 'images',
  RESULTS_CONTAINER: 'results',
  INGESTION: 'blob',
  DEFAULT_TASK: 'analyze',
  BLOB_BINDING: 'reference',
  UPLOAD_MAX_BYTES: String(100 * MEBIBYTE),
  IMAGE_MAX_PIXELS: String(IMAGE_MAX_PIXELS),
  INLINE_WAIT_MS: '5000',
  HTTP_SHARE: '0.2',
  ANSWER_LANGUAGE: undefined,
  HTTP_AUTH: 'key',
  TOKEN_SCOPE: 'https://cognitiveservices.azure.com/.default',
} as const satisfies Record<string, string | undefined>;

/** Settings of the product that this version does not act on: refused rather than silently ignored. */
const NOT_YET = ['REUSE_ANSWERS', 'RETENTION_DAYS', 'DAILY_BUDGET_USD', 'MONTHLY_BUDGET_USD'] as const;

const containerName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/, 'must be 3 to 63 lower-case letters, digits or single hyphens');

const settingSchema = z.object({
  IMAGES_CONTAINER: containerName,
  RESULTS_CONTAINER: containerName,
  INGESTION: z.enum(['blob', 'queue']),
  DEFAULT_TASK: z.enum(TASK_NAMES).refine((task) => task !== 'ask' && task !== 'extract', {
    message: 'cannot be ask or extract: those need a question or a schema with each image',
  }),
  BLOB_BINDING: z.enum(['reference', 'bytes']),
  UPLOAD_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .max(1024 * MEBIBYTE),
  IMAGE_MAX_PIXELS: z.coerce.number().int().min(1).max(IMAGE_MAX_PIXELS),
  INLINE_WAIT_MS: z.coerce.number().int().min(0).max(60_000),
  HTTP_SHARE: z.coerce.number().min(0).max(0.9),
  ANSWER_LANGUAGE: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as en or de-CH')
    .optional(),
  HTTP_AUTH: z.enum(['key', 'entra']),
  TOKEN_SCOPE: z.string().regex(/\/\.default$/, 'must be a resource followed by /.default'),
  AZURE_CLIENT_ID: z.string().min(1).optional(),
});

/**
 * Settings from the environment.
 *
 * @throws {ConfigInvalid} naming every setting that is missing or wrong
 */
export function readConfig(environment: Environment): Config {
  const problems: Problem[] = [];
  for (const name of NOT_YET) {
    if (present(environment[name])) {
      problems.push({ path: name, message: 'is set, but this version does not act on it; remove it.' });
    }
  }
  const settings = readSettings(environment, problems);
  const deployments = readDeployments(environment, problems);
  const defaultModel = readDefaultModel(environment, deployments, problems);
  const storage = readStorage(environment, problems);
  if (!settings || !storage || !defaultModel || problems.length > 0) throw new ConfigInvalid(problems);
  return {
    deployments,
    defaultModel,
    storage,
    identityClientId: settings.AZURE_CLIENT_ID,
    imagesContainer: settings.IMAGES_CONTAINER,
    resultsContainer: settings.RESULTS_CONTAINER,
    ingestion: settings.INGESTION,
    defaultTask: settings.DEFAULT_TASK,
    blobBinding: settings.BLOB_BINDING,
    uploadMaxBytes: settings.UPLOAD_MAX_BYTES,
    imageMaxPixels: settings.IMAGE_MAX_PIXELS,
    inlineWaitMs: settings.INLINE_WAIT_MS,
    httpShare: settings.HTTP_SHARE,
    answerLanguage: settings.ANSWER_LANGUAGE,
    httpAuth: settings.HTTP_AUTH,
    tokenScope: settings.TOKEN_SCOPE,
    keyOf: (keySetting) => environment[keySetting] ?? '',
  };
}

let processConfig: Config | undefined;

/** This process's settings, read at the first call. @throws {ConfigInvalid} */
export function configOfProcess(): Config {
  processConfig ??= readConfig(process.env);
  return processConfig;
}

function present(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function readSettings(environment: Environment, problems: Problem[]): z.infer<typeof settingSchema> | undefined {
  const given = Object.fromEntries(
    Object.entries(SETTING_DEFAULTS).map(([name, fallback]) => {
      const value = environment[name];
      return [name, present(value) ? value : fallback];
    }),
  );
  const parsed = settingSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0]);
    problems.push({ path: name, message: `is ${JSON.stringify(given[name])}: ${issue.message}.` });
  }
  return undefined;
}

function readDeployments(environment: Environment, problems: Problem[]): readonly Deployment[] {
  const text = environment.VISION_DEPLOYMENTS;
  if (!present(text)) {
    problems.push({ path: 'VISION_DEPLOYMENTS', message: 'is missing: a JSON list of at least one deployment.' });
    return [];
  }
  const parsed = parseDeployments(text, (name) => present(environment[name]));
  problems.push(...parsed.problems);
  return parsed.deployments;
}

function readDefaultModel(
  environment: Environment,
  deployments: readonly Deployment[],
  problems: Problem[],
): string | undefined {
  const models = [...new Set(deployments.map((deployment) => deployment.model))];
  const wanted = environment.DEFAULT_MODEL;
  if (!present(wanted)) {
    if (models.length > 1) {
      problems.push({
        path: 'DEFAULT_MODEL',
        message: `is missing, and the pool has more than one model: ${models.join(', ')}.`,
      });
    }
    return models[0];
  }
  const found = models.find((model) => model === wanted || model.split('@')[0] === wanted);
  if (!found && models.length > 0) {
    problems.push({ path: 'DEFAULT_MODEL', message: `${wanted} is not in the pool: ${models.join(', ')}.` });
  }
  return found;
}

function readStorage(environment: Environment, problems: Problem[]): StorageConnection | undefined {
  const connectionString = environment.IMAGES_STORAGE;
  if (present(connectionString)) return { kind: 'connectionString', connectionString };
  const uris = ['blobServiceUri', 'queueServiceUri', 'tableServiceUri'] as const;
  const missing = uris.filter((uri) => !present(environment[`IMAGES_STORAGE__${uri}`]));
  if (missing.length > 0) {
    problems.push({
      path: 'IMAGES_STORAGE',
      message:
        missing.length === uris.length
          ? 'is missing: a connection string, or IMAGES_STORAGE__blobServiceUri, __queueServiceUri and __tableServiceUri.'
          : `lacks ${missing.map((uri) => `IMAGES_STORAGE__${uri}`).join(' and ')}.`,
    });
    return undefined;
  }
  const [blobServiceUri, queueServiceUri, tableServiceUri] = uris.map(
    (uri) => environment[`IMAGES_STORAGE__${uri}`] ?? '',
  );
  return {
    kind: 'identity',
    blobServiceUri: blobServiceUri ?? '',
    queueServiceUri: queueServiceUri ?? '',
    tableServiceUri: tableServiceUri ?? '',
    clientId: environment.IMAGES_STORAGE__clientId ?? environment.AZURE_CLIENT_ID,
  };
}
