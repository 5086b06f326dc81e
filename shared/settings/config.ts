import { z } from 'zod';
import type { Problem } from '../errors.ts';
import type { BudgetLimits } from '../money/budgetPeriods.ts';
import type { Deployment } from '../pool/deployment.ts';
import { parseDeployments } from '../pool/parseDeployments.ts';
import type { TelemetryTarget } from '../signals/telemetry.ts';
import type { StorageAddress } from '../storage/openStorage.ts';
import { TASK_NAMES, type TaskName } from '../tasks/taskRequest.ts';
import { readBudget } from './budget.ts';
import { ConfigInvalid } from './configInvalid.ts';
import { containerProblems } from './containerProblems.ts';
import { readDefaultModel } from './defaultModel.ts';
import { type Environment, present } from './environment.ts';
import { hideSecrets } from './hideSecrets.ts';
import { IMAGE_URL_PORTS_DEFAULT, readImageUrlPorts } from './imageUrlPorts.ts';
import { isSignInOff } from './isSignInOff.ts';
import { RETENTION_DEFAULTS, type RetentionDays, readRetentionDays } from './retentionDays.ts';
import { between, containerName, isLanguageTag, number, wholeNumber } from './settingKinds.ts';
import { readStorageConnection } from './storageConnection.ts';
import { readTelemetryTarget } from './telemetryTarget.ts';

/** Settings as Argus uses them, read once from the environment; every problem is reported together, by name. */

export interface Config {
  readonly deployments: readonly Deployment[];
  /** `name@version` */
  readonly defaultModel: string;
  readonly storage: StorageAddress;
  /** Client id of the user-assigned identity, for models and storage; absent: the app's own. */
  readonly identityClientId: string | undefined;
  readonly imagesContainer: string;
  readonly resultsContainer: string;
  readonly ingestion: 'blob' | 'queue';
  readonly defaultTask: TaskName;
  readonly blobBinding: 'reference' | 'bytes';
  readonly uploadMaxBytes: number;
  readonly imageMaxPixels: number;
  /** The most pages of one document. */
  readonly documentMaxPages: number;
  /** How many pages of a document may be open at once; absent: as the quota has room for. */
  readonly documentOpenPages: number | undefined;
  /** The ports that an image's URL may name. */
  readonly imageUrlPorts: readonly number[];
  readonly inlineWaitMs: number;
  readonly httpShare: number;
  readonly isReusingAnswers: boolean;
  readonly answerLanguage: string | undefined;
  readonly retentionDays: RetentionDays;
  /** What may be spent; empty: no limit. */
  readonly budgetMicroUsd: BudgetLimits;
  readonly httpAuth: 'key' | 'entra';
  /** The platform does not report that its authentication is on: then any caller can forge the principal header. */
  readonly isSignInOff: boolean;
  readonly tokenScope: string;
  /** Where metrics and spans go; absent: nowhere. */
  readonly telemetry: TelemetryTarget | undefined;
  /** Value of a setting that a deployment names in `auth.keySetting`. */
  readonly keyOf: (keySetting: string) => string;
}

const MEBIBYTE = 1024 * 1024;

/** The service takes no image of more pixels than a 16,383 px square, the largest side that WEBP has. */
const IMAGE_MAX_PIXELS = 268_402_689;

/** Its result, with the answers of all pages, is written at once, and read at once by callers. */
const DOCUMENT_MOST_PAGES = 10_000;

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
  DOCUMENT_MAX_PAGES: '200',
  DOCUMENT_OPEN_PAGES: undefined,
  IMAGE_URL_PORTS: IMAGE_URL_PORTS_DEFAULT,
  INLINE_WAIT_MS: '5000',
  HTTP_SHARE: '0.2',
  REUSE_ANSWERS: 'false',
  ANSWER_LANGUAGE: undefined,
  RETENTION_DAYS: JSON.stringify(RETENTION_DEFAULTS),
  DAILY_BUDGET_USD: undefined,
  MONTHLY_BUDGET_USD: undefined,
  HTTP_AUTH: 'key',
  TOKEN_SCOPE: 'https://cognitiveservices.azure.com/.default',
  APPLICATIONINSIGHTS_CONNECTION_STRING: undefined,
} as const satisfies Record<string, string | undefined>;

const settingSchema = z.object({
  IMAGES_CONTAINER: containerName,
  // Results of HTTP calls lie in a second container, of this name and "-http".
  RESULTS_CONTAINER: containerName.max(58, 'must be at most 58 characters'),
  INGESTION: z.enum(['blob', 'queue']),
  DEFAULT_TASK: z.enum(TASK_NAMES).refine((task) => task !== 'ask' && task !== 'extract', {
    message: 'cannot be ask or extract: those need a question or a schema with each image',
  }),
  BLOB_BINDING: z.enum(['reference', 'bytes']),
  UPLOAD_MAX_BYTES: between(wholeNumber, 1024, 1024 * MEBIBYTE),
  IMAGE_MAX_PIXELS: between(wholeNumber, 1, IMAGE_MAX_PIXELS),
  DOCUMENT_MAX_PAGES: between(wholeNumber, 1, DOCUMENT_MOST_PAGES),
  DOCUMENT_OPEN_PAGES: between(wholeNumber, 1, DOCUMENT_MOST_PAGES).optional(),
  INLINE_WAIT_MS: between(wholeNumber, 0, 60_000),
  HTTP_SHARE: between(number, 0, 0.9),
  REUSE_ANSWERS: z.enum(['true', 'false']),
  ANSWER_LANGUAGE: z.string().refine(isLanguageTag, 'must be a language tag such as en or de-CH').optional(),
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
  const settings = readSettings(environment, problems);
  const deployments = readDeployments(environment, problems);
  const defaultModel = readDefaultModel(environment, deployments, problems);
  const storage = readStorageConnection(environment, problems);
  const retentionDays = readRetentionDays(environment.RETENTION_DAYS, problems);
  const budgetMicroUsd = readBudget(environment, deployments, problems);
  const telemetry = readTelemetryTarget(environment, problems);
  const imageUrlPorts = readImageUrlPorts(environment, problems);
  if (settings) problems.push(...containerProblems(settings.IMAGES_CONTAINER, settings.RESULTS_CONTAINER));
  if (!settings || !storage || !defaultModel || problems.length > 0) {
    throw new ConfigInvalid(problems.map(({ path, message }) => ({ path, message: hideSecrets(message) })));
  }
  const storageClientId = environment.IMAGES_STORAGE__clientId;
  return {
    deployments,
    defaultModel,
    storage,
    identityClientId: settings.AZURE_CLIENT_ID ?? (present(storageClientId) ? storageClientId : undefined),
    imagesContainer: settings.IMAGES_CONTAINER,
    resultsContainer: settings.RESULTS_CONTAINER,
    ingestion: settings.INGESTION,
    defaultTask: settings.DEFAULT_TASK,
    blobBinding: settings.BLOB_BINDING,
    uploadMaxBytes: settings.UPLOAD_MAX_BYTES,
    imageMaxPixels: settings.IMAGE_MAX_PIXELS,
    documentMaxPages: settings.DOCUMENT_MAX_PAGES,
    documentOpenPages: settings.DOCUMENT_OPEN_PAGES,
    imageUrlPorts,
    inlineWaitMs: settings.INLINE_WAIT_MS,
    httpShare: settings.HTTP_SHARE,
    isReusingAnswers: settings.REUSE_ANSWERS === 'true',
    answerLanguage: settings.ANSWER_LANGUAGE,
    retentionDays,
    budgetMicroUsd,
    httpAuth: settings.HTTP_AUTH,
    isSignInOff: isSignInOff(environment),
    tokenScope: settings.TOKEN_SCOPE,
    telemetry,
    keyOf: (keySetting) => environment[keySetting] ?? '',
  };
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
