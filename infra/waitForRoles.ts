import { groupOf, type Installation, siteOf } from './installation.ts';
import { apiVersionOf } from './knownToAzure.ts';
import { callAzure, errorOf, type Reply, type ResourceManager } from './resourceManager.ts';

/**
 * Waits until the roles that a deployment of the code and the event subscription need are there and old enough. A role
 * works everywhere only some minutes after it was assigned; before that storage answers 403 to the very first `azd deploy`.
 */

/** "Up to ten minutes" by Microsoft Learn; one minute was enough where it was reported (azure-dev 8026). */
const SETTLED_MS = 5 * 60_000;
/** A list can lag behind an assignment too. */
const LIST_POLLS = 12;
const POLL_MS = 10_000;
const SAY_EACH_MS = 60_000;

/** Ids of built-in roles (Azure built-in roles, Microsoft Learn); the templates assign them in roles.bicep. */
const ROLES = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Queue Data Message Sender': 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
} as const;

interface NeededRole {
  readonly holder: string;
  readonly principalId: string;
  readonly role: keyof typeof ROLES;
  readonly accountName: string;
}

interface Assignment {
  readonly properties?: { readonly roleDefinitionId?: string; readonly createdOn?: string };
}

/** @throws {Error} for roles that are not there, and where Azure refuses; with what to do */
export async function waitForRoles(installation: Installation, azure: ResourceManager): Promise<void> {
  const needed = await neededRoles(installation, azure);
  let saidAtMs = Number.NEGATIVE_INFINITY;
  for (let poll = 1; ; poll += 1) {
    const { missing, youngestMs, nowMs } = await lookAtRoles(needed, installation, azure);
    if (missing.length > 0 && poll >= LIST_POLLS) {
      throw new Error(`These roles were not found: ${missing.join('; ')}. Run \`azd provision\`, which assigns them.`);
    }
    const remainingMs = youngestMs + SETTLED_MS - nowMs;
    if (missing.length === 0 && remainingMs <= 0) return;
    if (nowMs - saidAtMs >= SAY_EACH_MS) {
      azure.say(missing.length > 0 ? `Waiting for roles: ${missing.join('; ')}.` : settling(remainingMs));
      saidAtMs = nowMs;
    }
    await azure.sleep(missing.length > 0 ? POLL_MS : Math.min(POLL_MS, remainingMs));
  }
}

function settling(remainingMs: number): string {
  const seconds = Math.ceil(remainingMs / 1000);
  return `Waiting ${seconds} s more until the roles are five minutes old: Azure takes minutes to know a new role everywhere.`;
}

async function neededRoles(installation: Installation, azure: ResourceManager): Promise<readonly NeededRole[]> {
  const { hostAccountName, imagesAccountName, topicName, functionAppName, ingestion } = installation;
  const topicPath = `${groupOf(installation)}/providers/Microsoft.EventGrid/systemTopics/${topicName}`;
  const site = await read<Site>(siteOf(installation), 'Microsoft.Web/sites', azure);
  const topic = await read<Topic>(topicPath, 'Microsoft.EventGrid/systemTopics', azure);
  const principalOfApp = deployingPrincipal(site);
  const ofTopic = { holder: `topic ${topicName}`, principalId: topic.identity?.principalId ?? '' };
  return [
    {
      holder: `app ${functionAppName}`,
      principalId: principalOfApp,
      role: 'Storage Blob Data Owner',
      accountName: hostAccountName,
    },
    { ...ofTopic, role: 'Storage Blob Data Contributor', accountName: imagesAccountName },
    ...(ingestion === 'queue'
      ? [{ ...ofTopic, role: 'Storage Queue Data Message Sender', accountName: imagesAccountName } as const]
      : []),
  ];
}

interface Site {
  readonly identity?: { readonly userAssignedIdentities?: Readonly<Record<string, { readonly principalId?: string }>> };
  readonly properties?: {
    readonly functionAppConfig?: {
      readonly deployment?: {
        readonly storage?: { readonly authentication?: { readonly userAssignedIdentityResourceId?: string } };
      };
    };
  };
}

/** Of the identity with which Azure puts the code into storage: an operator may have given the app others too. */
function deployingPrincipal({ identity, properties }: Site): string {
  const id = properties?.functionAppConfig?.deployment?.storage?.authentication?.userAssignedIdentityResourceId ?? '';
  const identities = Object.entries(identity?.userAssignedIdentities ?? {});
  const [, found] = identities.find(([one]) => one.toLowerCase() === id.toLowerCase()) ?? [];
  return found?.principalId ?? '';
}

interface Topic {
  readonly identity?: { readonly principalId?: string };
}

/** What is missing, and when the youngest of the others was assigned, by Azure's clock. */
async function lookAtRoles(
  needed: readonly NeededRole[],
  installation: Installation,
  azure: ResourceManager,
): Promise<{ readonly missing: readonly string[]; readonly youngestMs: number; readonly nowMs: number }> {
  const missing: string[] = [];
  let youngestMs = Number.NEGATIVE_INFINITY;
  let nowMs = 0;
  for (const { holder, principalId, role, accountName } of needed) {
    const account = `${groupOf(installation)}/providers/Microsoft.Storage/storageAccounts/${accountName}`;
    const filter = encodeURIComponent(`principalId eq '${principalId}'`);
    const type = 'Microsoft.Authorization/roleAssignments';
    const path = `${account}/providers/${type}?api-version=${apiVersionOf(type)}&$filter=${filter}`;
    const reply = await callAzure(azure, 'GET', path);
    assertNotRefused(reply, `the roles on ${accountName}`);
    nowMs = reply.atMs;
    const listed = (reply.body as { readonly value?: readonly Assignment[] }).value ?? [];
    const found = listed.find(({ properties }) => properties?.roleDefinitionId?.endsWith(ROLES[role]));
    const answer = reply.status === 200 ? '' : ` (Azure answered: ${errorOf(reply)})`;
    if (!found) missing.push(`${role} of ${holder} on ${accountName}${answer}`);
    else youngestMs = Math.max(youngestMs, Date.parse(found.properties?.createdOn ?? '') || Number.NEGATIVE_INFINITY);
  }
  return { missing, youngestMs, nowMs };
}

async function read<Resource>(path: string, type: string, azure: ResourceManager): Promise<Resource> {
  const reply = await callAzure(azure, 'GET', `${path}?api-version=${apiVersionOf(type)}`);
  const name = path.split('/').at(-1);
  assertNotRefused(reply, `${type} ${name}`);
  if (reply.status === 404) throw new Error(`There is no ${type} called ${name}: run \`azd provision\` first.`);
  if (reply.status !== 200) throw new Error(`Azure did not describe ${name} (${errorOf(reply)}). Try again.`);
  return reply.body as Resource;
}

function assertNotRefused(reply: Reply, what: string): void {
  if (reply.status === 401 || reply.status === 403) {
    throw new Error(`You may not read ${what} (${errorOf(reply)}): the role Reader on the resource group lets you.`);
  }
}
