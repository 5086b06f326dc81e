import { z } from 'zod';
import { readJsonOf } from '../process/readJson.ts';
import { modelRow } from './modelRow.ts';
import type { DeploymentSettings } from './regionOptions.ts';

/** Addresses, credentials and prices mean nothing here: the emulated regions take the place of the real ones. */
const entrySchema = z.object({
  name: z.string().min(1),
  deployment: z.string().min(1).optional(),
  region: z.string().min(1),
  model: z.string().min(1),
  version: z.string().default(''),
  tokensPerMinute: z.int().positive(),
  requestsPerMinute: z.int().positive().optional(),
  like: z.string().min(1).optional(),
});

type Entry = z.output<typeof entrySchema>;

/** A region and what is deployed there. */
interface DeployedRegion {
  readonly name: string;
  readonly deployments: readonly DeploymentSettings[];
}

/**
 * The regions of a file in the form of VISION_DEPLOYMENTS, in the order in which it names them. A model that is `like`
 * another one is emulated as that one.
 *
 * @throws {Error} with a line for everything that is wrong
 */
export async function regionsOfFile(file: string): Promise<readonly DeployedRegion[]> {
  const list = await readJsonOf('--deployments', file);
  const parsed = z.array(entrySchema).min(1).safeParse(list);
  const problems = parsed.success
    ? problemsOf(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}.`);
  if (problems.length > 0 || !parsed.success) {
    throw new Error(problems.map((problem) => `--deployments ${file}, ${problem}`).join('\n'));
  }
  const byRegion = Map.groupBy(parsed.data, ({ region }) => region);
  return [...byRegion].map(([name, entries]) => ({ name, deployments: entries.map(deploymentOf) }));
}

function deploymentOf({
  name,
  deployment = name,
  tokensPerMinute,
  requestsPerMinute,
  ...entry
}: Entry): DeploymentSettings {
  const [model = '', version = ''] = entry.like === undefined ? [entry.model, entry.version] : entry.like.split('@');
  return { deployment, model, version, tokensPerMinute, ...(requestsPerMinute !== undefined && { requestsPerMinute }) };
}

function problemsOf(entries: readonly Entry[]): readonly string[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const { deployment, model, version } = deploymentOf(entry);
    const place = `${entry.region}/${deployment}`;
    const isTwice = seen.has(place);
    seen.add(place);
    const problem = unknownModel(model, version);
    return [
      ...(problem === undefined ? [] : [`${placeOf([index])}: ${problem}`]),
      ...(isTwice ? [`${placeOf([index])}: ${entry.region} has a deployment ${deployment} already.`] : []),
    ];
  });
}

function unknownModel(model: string, version: string): string | undefined {
  try {
    modelRow(model, version);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** `entry 2, region`: entries are counted from 0, as in other messages about the list. */
function placeOf(path: readonly PropertyKey[]): string {
  const [index, ...rest] = path.map(String);
  return index === undefined ? 'the list' : [`entry ${index}`, ...rest].join(', ');
}
