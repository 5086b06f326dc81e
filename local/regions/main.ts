import { randomUUID } from 'node:crypto';
import { type IdentityEndpoint, startIdentityEndpoint } from '../identity/identityEndpoint.ts';
import { assertPortsFree } from '../process/assertPortFree.ts';
import { commandLineOrExit } from '../process/commandLine.ts';
import { exampleCall } from './exampleCall.ts';
import { type RegionSettings, regionOptionsSchema, seedRegions } from './regionOptions.ts';
import { REGIONS_COMMAND } from './regionsCommand.ts';
import { regionsOfFile } from './regionsOfFile.ts';
import { type Regions, startRegions } from './startRegions.ts';

/** What the service's tokens are for. */
const AUDIENCE = 'https://cognitiveservices.azure.com';
const MOST_PORT = 65_535;

const { values } = commandLineOrExit(REGIONS_COMMAND);
try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run(): Promise<void> {
  const settings = await settingsOfRegions();
  const identityPort = values.port === 0 ? 0 : values.port + settings.length;
  await assertPortsFree([...settings.map(({ port }) => port), identityPort]);
  const secret = randomUUID();
  const identity = await startIdentityEndpoint({ port: identityPort, secret });
  const regions = await startRegions({ secret, regions: settings, seed: values.seed });
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    if (values.charges !== undefined) await regions.writeCharges(values.charges);
    await Promise.all([regions.close(), identity.close()]);
    process.exit(0);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  if (values.json) process.stdin.on('close', end).on('end', end).resume();
  const token = await tokenFrom(identity);
  console.log(
    values.json ? inJson(regions, { identity, token }) : await inWords(regions, { identity, token, settings }),
  );
}

async function settingsOfRegions(): Promise<readonly RegionSettings[]> {
  const { port, answers, window } = values;
  const deployed = values.deployments === undefined ? seedRegions() : await regionsOfFile(values.deployments);
  if (port + deployed.length > MOST_PORT) throw new Error(`--port ${port} leaves too few ports behind it.`);
  const slice = values['slice-ms'];
  return deployed.map((region, place) =>
    regionOptionsSchema.parse({
      ...region,
      port: port === 0 ? 0 : port + place,
      answers,
      window,
      latencyMs: values['latency-ms'],
      tellsImageTokens: values['image-tokens'],
      admission: { countBy: values['count-by'] },
      ...(slice !== 'auto' && { requestSliceMs: Number(slice) }),
    }),
  );
}

async function tokenFrom({ url, header }: IdentityEndpoint): Promise<string> {
  const answer = await fetch(`${url}?api-version=2019-08-01&resource=${AUDIENCE}`, {
    headers: { 'x-identity-header': header },
  });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}

interface Access {
  readonly identity: IdentityEndpoint;
  readonly token: string;
}

function inJson(regions: Regions, { identity, token }: Access): string {
  return JSON.stringify({
    ready: true,
    identity: { url: identity.url, header: identity.header },
    token,
    regions: regions.all.map(({ name, endpoint, control }) => ({ name, endpoint, control })),
  });
}

async function inWords(
  regions: Regions,
  { identity, token, settings }: Access & { readonly settings: readonly RegionSettings[] },
): Promise<string> {
  const lines = settings.flatMap(({ name, deployments }) => [
    `${name}: ${regions.get(name).endpoint}, steered at ${regions.get(name).control}`,
    ...deployments.map(({ deployment, model, version, tokensPerMinute }) => {
      return `  ${deployment} (${[model, version].join(' ').trim()}): ${tokensPerMinute.toLocaleString('en-US')} tokens a minute`;
    }),
  ]);
  const [first] = settings;
  const [deployment] = first?.deployments ?? [];
  return [
    ...lines,
    '',
    'Clients with a managed identity get their tokens from',
    `IDENTITY_ENDPOINT=${identity.url} IDENTITY_HEADER=${identity.header}`,
    'For all others this one is good for 24 hours, as a bearer or as the API key of an OpenAI client:',
    `TOKEN=${token}`,
    ...(first && deployment ? ['', await exampleCall(regions.get(first.name).endpoint, deployment)] : []),
  ].join('\n');
}
