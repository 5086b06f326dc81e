import { z } from 'zod';
import { parsePageRanges } from '../documents/pageRanges.ts';
import { collectProblems, InvalidRequest, type Problem } from '../errors.ts';
import type { Deployment } from '../pool/deployment.ts';
import { parseTaskRequest } from '../tasks/parseTaskRequest.ts';
import { taskOf } from '../tasks/taskOf.ts';
import type { TaskName, TaskRequest } from '../tasks/taskRequest.ts';
import { type AnalysisRequest, PARTS, PER, QUALITIES, TEXT_LAYERS } from './analysisRequest.ts';
import { schemaProblems } from './schemaProblems.ts';

/** What a caller may say about an analysis beside its image; over HTTP, in a query, or as metadata of a blob. */
export const requestOptionsSchema = z.strictObject({
  task: z.string().optional(),
  question: z.string().optional(),
  instructions: z.string().optional(),
  schema: z.record(z.string(), z.unknown()).optional(),
  model: z.string().optional(),
  detail: z.enum(['low', 'high', 'original']).optional(),
  quality: z.enum(QUALITIES).optional(),
  maxOutputTokens: z.int().min(16).max(16_384).optional(),
  parts: z
    .enum(PARTS)
    .optional()
    .describe('`auto`: an image that the model would see too small to read is cut into parts of one request'),
  language: z.string().max(35).optional(),
  pages: z
    .string()
    .max(1000)
    .optional()
    .describe('Pages of a document, such as `1-20,35` or `3-`; without it all. A file that is one image ignores it.'),
  per: z
    .enum(PER)
    .optional()
    .describe(
      'Of a document: `document` joins what its pages say; `page` gives an answer for each. Default: `document`.',
    ),
  textLayer: z
    .enum(TEXT_LAYERS)
    .optional()
    .describe(
      'Of a PDF: `hint` sends the text that a page declares along with its picture; `check`, the default, only compares the answer with it.',
    ),
  allowMissingPages: z
    .boolean()
    .optional()
    .describe('A document some pages of which have no answer succeeds with a warning; without it, it fails.'),
  maxUsd: z
    .number()
    .positive()
    .optional()
    .describe(
      'The most that the file may cost by its estimate, all pages together: a dearer one is rejected before anything is sent.',
    ),
  reuse: z
    .boolean()
    .optional()
    .describe(
      'Reuse an earlier answer to the same request about the same bytes; without it the setting of the installation applies',
    ),
});

/** Their names. */
export const OPTION_NAMES: readonly string[] = Object.keys(requestOptionsSchema.shape);

type RequestOptions = z.infer<typeof requestOptionsSchema>;

export interface RequestDefaults {
  readonly task: TaskName;
  /** `name@version` */
  readonly model: string;
  readonly language: string | undefined;
  readonly deployments: readonly Deployment[];
}

/**
 * The whole request from what was given and the installation's defaults.
 *
 * @throws {InvalidRequest} with every problem
 */
export function resolveRequest(given: unknown, defaults: RequestDefaults): AnalysisRequest {
  const parsed = requestOptionsSchema.safeParse(given);
  const problems: Problem[] = [];
  if (!parsed.success) problems.push(...schemaProblems(parsed.error, given, '', OPTION_NAMES));
  const options: RequestOptions = parsed.success ? parsed.data : validParts(given);
  const task = collectProblems(problems, () => taskRequestOf(options, defaults));
  const model = collectProblems(problems, () => resolveModel(options.model, defaults));
  const pages = collectProblems(problems, () => pagesOf(options.pages));
  if (!task || !model || problems.length > 0) throw new InvalidRequest(problems);
  return {
    ...task,
    ...model,
    detail: options.detail ?? 'high',
    quality: options.quality ?? taskOf(task.task).defaultQuality,
    ...(options.maxOutputTokens === undefined ? {} : { maxOutputTokens: options.maxOutputTokens }),
    // What is sent whole has the identity that it had before there were parts.
    ...(options.parts === 'auto' ? { parts: options.parts } : {}),
    ...(options.reuse === undefined ? {} : { reuse: options.reuse }),
    ...(pages === undefined ? {} : { pages }),
    ...(options.per === 'page' ? { per: options.per } : {}),
    ...(options.allowMissingPages ? { allowMissingPages: true } : {}),
    ...(options.textLayer === 'hint' ? { textLayer: options.textLayer } : {}),
    ...(options.maxUsd === undefined ? {} : { maxUsd: options.maxUsd }),
  };
}

/** As they are asked for, without spaces. */
function pagesOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  parsePageRanges(text);
  return text.replaceAll(/\s/g, '');
}

/** The parts that are right by themselves, so that one answer names the problems of all others. */
function validParts(given: unknown): RequestOptions {
  const parts = given !== null && typeof given === 'object' ? Object.entries(given) : [];
  const shape: Readonly<Record<string, z.ZodType>> = requestOptionsSchema.shape;
  return Object.fromEntries(
    parts.filter(([name, value]) => Object.hasOwn(shape, name) && shape[name]?.safeParse(value).success),
  );
}

function taskRequestOf(options: RequestOptions, defaults: RequestDefaults): TaskRequest {
  const { question, instructions, schema } = options;
  const language = options.language ?? defaults.language;
  return parseTaskRequest({
    task: options.task ?? defaults.task,
    ...(question === undefined ? {} : { question }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(schema === undefined ? {} : { schema }),
    ...(language === undefined ? {} : { language }),
  });
}

/** A model's name, `name@version`, or a deployment's name, in that order; only what the pool has. */
export function resolveModel(
  reference: string | undefined,
  pool: { readonly model: string; readonly deployments: readonly Deployment[] },
): { readonly model: string; readonly deploymentName?: string } {
  if (reference === undefined) return { model: pool.model };
  const models = [...new Set(pool.deployments.map((deployment) => deployment.model))];
  const model = models.find((name) => name.split('@')[0] === reference) ?? models.find((name) => name === reference);
  if (model) return { model };
  const deployment = pool.deployments.find((candidate) => candidate.name === reference);
  if (deployment) return { model: deployment.model, deploymentName: deployment.name };
  const known = [...models, ...pool.deployments.map((candidate) => candidate.name)].join(', ');
  throw new InvalidRequest([
    {
      path: 'model',
      message: `model "${reference}" is neither a model nor a deployment of this pool; there are: ${known}.`,
    },
  ]);
}
