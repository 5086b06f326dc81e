import { publicAzure, type ResourceManager } from '../resourceManager.ts';
import { azureCredential, tokenOf } from '../signIn.ts';
import { askOf, cannotAsk } from './ask.ts';
import { compilePlan } from './compilePlan.ts';
import { decideRows } from './decideRows.ts';
import { gatherFacts } from './gatherFacts.ts';
import { type Fact, fails, known, notChecked, ok, type Row, unknown } from './row.ts';
import { rowTable } from './rowTable.ts';
import { type Target, targetFrom } from './target.ts';

/** Says before anything is created what a deployment would fail at. Reads only. */

const HELP = `npm run preflight [-- [parameters.bicepparam] [--json] [--without-rights]]
Says what a deployment would fail at, before anything is created: resource providers and API versions, regions, models,
quota, deleted accounts, names and your rights. It reads the parameters that \`azd provision\` deploys, infra/main.bicepparam,
or the file that you name, and Azure, with the sign-in of azd or az. It changes nothing.

AZURE_SUBSCRIPTION_ID   the subscription
AZURE_RESOURCE_GROUP    the resource group, from which the names follow
AZURE_ENV_NAME, AZURE_LOCATION, AZURE_PRINCIPAL_ID, AZURE_PRINCIPAL_TYPE   read by the parameters
\`azd hooks run preprovision\` sets them all.

--json            prints { "fails", "rows": [{ "check", "state", "found", "todo" }] }
--without-rights  does not check your rights: for a sign-in that only reads, as on a pull request
It ends with 1 when something would fail, else with 0: also where it could not check.`;

const DEFAULT_FILE = 'infra/main.bicepparam';

/** The rows of a parameter file; what needs Azure is not checked where `azure` is unknown. */
export async function preflight(
  file: string,
  target: Target,
  azure: Fact<ResourceManager>,
  withRights = true,
): Promise<readonly Row[]> {
  const check = `Parameters ${file}`;
  const compiled = compilePlan(file, target);
  if (compiled.kind === 'refused') return [fails(check, compiled.why, 'Change the parameters.')];
  if (compiled.kind === 'no-compiler') {
    return [
      notChecked(check, unknown(compiled.why, 'Run the check again; without a compiler nothing else is checked.')),
    ];
  }
  const { plan } = compiled;
  const ask = azure.kind === 'known' ? askOf(azure.value) : cannotAsk(azure);
  const facts = await gatherFacts(plan, target, ask);
  const said = ok(
    check,
    `The templates take them: ${plan.types.length} types of resources, ${plan.models.length} models.`,
  );
  return [said, ...decideRows(plan, target, facts, withRights)];
}

/** The resource manager with a token that is taken once: each run of az costs a second. */
export async function signedIn(target: Target): Promise<Fact<ResourceManager>> {
  if (!target.subscriptionId) {
    return unknown(
      'AZURE_SUBSCRIPTION_ID is not set.',
      'Run `azd hooks run preprovision`, which sets it, or `export AZURE_SUBSCRIPTION_ID="$(az account show --query id -o tsv)"`.',
    );
  }
  const token = await tokenOf(azureCredential()).catch(() => undefined);
  if (token === undefined) return unknown('There is no sign-in to Azure here.', 'Run `azd auth login` or `az login`.');
  return known(
    publicAzure(
      async () => token,
      (sentence) => console.error(sentence),
    ),
  );
}

/** @throws {Error} for options that there are not */
function parseArguments(args: readonly string[]): {
  readonly file: string;
  readonly isJson: boolean;
  readonly withRights: boolean;
} {
  const [file = DEFAULT_FILE, ...more] = args.filter((arg) => arg !== '--json' && arg !== '--without-rights');
  if (file.startsWith('-') || more.length > 0) {
    throw new Error(
      `The arguments are ${args.join(' ')}; they may be one parameter file, --json and --without-rights.`,
    );
  }
  return { file, isJson: args.includes('--json'), withRights: !args.includes('--without-rights') };
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(HELP);
  const { file, isJson, withRights } = parseArguments(args);
  const target = targetFrom(process.env);
  const rows = await preflight(file, target, await signedIn(target), withRights);
  const failing = rows.filter(({ state }) => state === 'fails').length;
  console.log(
    isJson ? JSON.stringify({ fails: failing, rows }, null, 2) : rowTable(rows, process.stdout.columns ?? 140),
  );
  process.exitCode = failing > 0 ? 1 : 0;
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
