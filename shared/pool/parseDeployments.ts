import { z } from 'zod';
import { apiVersionProblem } from '../catalog/apiVersions.ts';
import { findModel, modelKey, nearestModels, regionProblem, requestsPer1kTokens } from '../catalog/catalog.ts';
import type { Problem } from '../errors.ts';
import type { Deployment, DeploymentAuth } from './deployment.ts';
import { endpointProblem, listProblem } from './settingProblems.ts';

const endpoint = z
  .string()
  .trim()
  .pipe(z.url('must be a URL such as https://my-account.openai.azure.com'))
  .refine((url) => /^https:|^http:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?(\/|$)/.test(url), {
    message: 'must begin with https:// (http:// only for this machine)',
  })
  .transform((url) => url.replace(/\/+$/, ''));

const deploymentEntry = z.strictObject({
  name: z.string().min(1),
  deployment: z
    .string()
    .min(1)
    .refine((name) => !/[/?]/.test(name), 'must be the name of a deployment, not its address')
    .optional(),
  endpoint,
  region: z.string().regex(/^[a-z0-9]+$/, {
    error: ({ input }) => `must be the short name of a region, such as ${shortRegion(String(input))}`,
  }),
  model: z.string().min(1),
  version: z.string().min(1),
  sku: z.string().min(1).default('Standard'),
  subscription: z.string().min(1).optional(),
  tokensPerMinute: z.int().positive('must be a whole number above 0; 10K TPM is 10000'),
  requestsPerMinute: z.int().positive().optional(),
  priority: z.int().min(0).default(0),
  apiVersion: z
    .string()
    .regex(
      /^\d{4}-\d{2}-\d{2}(?:-preview)?$/,
      'must be a date such as 2024-10-21, or 2024-08-01-preview; left out it is v1',
    )
    .optional(),
  auth: z
    .union([z.literal('managedIdentity'), z.literal('none'), z.strictObject({ keySetting: z.string().min(1) })])
    .default('managedIdentity'),
  like: z.string().min(1).optional(),
});

/** What was most likely meant: `Sweden Central` is `swedencentral`. */
function shortRegion(text: string): string {
  const short = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return short === '' || short.length > 30 ? 'swedencentral' : short;
}

type DeploymentEntry = z.infer<typeof deploymentEntry>;

interface ParsedDeployments {
  readonly deployments: readonly Deployment[];
  readonly problems: readonly Problem[];
}

/**
 * The pool's deployments from the JSON of VISION_DEPLOYMENTS, checked against the catalogue.
 *
 * @param hasSetting whether a setting that a deployment names for its key is there
 * @returns every problem with its place, such as `VISION_DEPLOYMENTS[2].region`
 */
export function parseDeployments(text: string, hasSetting: (name: string) => boolean): ParsedDeployments {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return failed([{ path: 'VISION_DEPLOYMENTS', message: listProblem(text, error as Error) }]);
  }
  const parsed = z.array(deploymentEntry).min(1, 'must hold at least one deployment').safeParse(list);
  if (!parsed.success) {
    return failed(parsed.error.issues.map((issue) => ({ path: placeOf(issue.path), message: `${issue.message}.` })));
  }
  const problems: Problem[] = [];
  const names = new Set<string>();
  const deployments: Deployment[] = [];
  parsed.data.forEach((entry, index) => {
    if (names.has(entry.name)) {
      problems.push({ path: placeOf([index, 'name']), message: `"${entry.name}" stands twice; names are unique.` });
    }
    names.add(entry.name);
    const checked = checkEntry(entry, { place: placeOf([index]), hasSetting });
    problems.push(...checked.problems);
    deployments.push(...checked.deployments);
  });
  return { deployments, problems };
}

function failed(problems: readonly Problem[]): ParsedDeployments {
  return { deployments: [], problems };
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (place, part) => place + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
    'VISION_DEPLOYMENTS',
  );
}

function checkEntry(
  entry: DeploymentEntry,
  around: { readonly place: string; readonly hasSetting: (name: string) => boolean },
): ParsedDeployments {
  const { place, hasSetting } = around;
  const wanted = `${entry.model}@${entry.version}`;
  const counted = findModel(entry.like ?? wanted);
  if (!counted) {
    return failed([
      {
        path: `${place}.${entry.like ? 'like' : 'model'}`,
        message:
          `${entry.like ?? wanted} is not in the catalogue; nearest: ${nearestModels(entry.like ?? wanted).join(', ')}. ` +
          'For a model of your own, name in "like" the row whose token rule it shares.',
      },
    ]);
  }
  const problems: Problem[] = [];
  if (!entry.like && !counted.parameters.chatCompletions) {
    problems.push({
      path: `${place}.model`,
      message: `${wanted} answers only over the Responses API; it can be estimated, but not called in a pool.`,
    });
  }
  const wrongRegion = entry.like ? undefined : regionProblem(counted, entry.sku, entry.region);
  if (wrongRegion) problems.push({ path: `${place}.region`, message: wrongRegion });
  const { apiVersion } = entry;
  const wrongEndpoint = endpointProblem(entry.endpoint, apiVersion);
  if (wrongEndpoint) problems.push({ path: `${place}.endpoint`, message: wrongEndpoint });
  const wrongVersion = apiVersion === undefined ? undefined : apiVersionProblem(counted, apiVersion);
  if (wrongVersion) problems.push({ path: `${place}.apiVersion`, message: wrongVersion });
  const auth = authOf(entry.auth);
  if (auth.kind === 'key' && !hasSetting(auth.keySetting)) {
    problems.push({ path: `${place}.auth`, message: `names the setting ${auth.keySetting}, which is missing.` });
  }
  const requestsPerMinute =
    entry.requestsPerMinute ??
    Math.max(1, Math.floor((entry.tokensPerMinute / 1000) * requestsPer1kTokens(counted, entry.sku)));
  const deployment: Deployment = {
    name: entry.name,
    deployment: entry.deployment ?? entry.name,
    endpoint: entry.endpoint,
    region: entry.region,
    model: wanted,
    countsAs: modelKey(counted),
    isPriced: !entry.like,
    sku: entry.sku,
    ...(entry.subscription === undefined ? {} : { subscription: entry.subscription }),
    tokensPerMinute: entry.tokensPerMinute,
    requestsPerMinute,
    priority: entry.priority,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    auth,
  };
  return { deployments: [deployment], problems };
}

function authOf(auth: DeploymentEntry['auth']): DeploymentAuth {
  return typeof auth === 'string' ? { kind: auth } : { kind: 'key', keySetting: auth.keySetting };
}
