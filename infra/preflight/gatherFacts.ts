import {
  availabilitySchema,
  deletedAccountsSchema,
  deployedModelsSchema,
  geoRegionsSchema,
  offeredModelsSchema,
  permissionsSchema,
  providersSchema,
  resourcesSchema,
  usagesSchema,
} from './answers.ts';
import type { Ask, Question } from './ask.ts';
import type { Facts, Group } from './facts.ts';
import { isOwn, type UniqueName, uniqueNames } from './names.ts';
import type { Plan } from './plan.ts';
import { type Fact, known, unknown } from './row.ts';
import { homeScope, otherGroups } from './scopes.ts';
import { groupOf, subscriptionOf, type Target } from './target.ts';

const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';

/** Asks Azure for everything that the rows are decided from. Nothing is created or changed. */
export async function gatherFacts(plan: Plan, target: Target, ask: Ask): Promise<Facts> {
  const subscription = subscriptionOf(target) ?? '/subscriptions/not-known';
  const regions = [...new Set(plan.models.map(({ region }) => region))];
  const inRegion = (region: string): string =>
    `${subscription}/providers/Microsoft.CognitiveServices/locations/${region}`;
  const group = await askForGroup(target, ask);
  const scopes = [homeScope(target, group).path, ...otherGroups(plan, target), subscription];
  const [providers, flexRegions, deletedAccounts, models, usages, deployed, permissions, names] = await Promise.all([
    ask({
      path: `${subscription}/providers`,
      versionOf: 'Microsoft.Resources/deployments',
      schema: providersSchema,
      what: 'which resource providers are registered',
    }),
    ask({
      path: `${subscription}/providers/Microsoft.Web/geoRegions?sku=FlexConsumption`,
      versionOf: 'Microsoft.Web/sites',
      schema: geoRegionsSchema,
      what: 'where Flex Consumption is offered',
    }),
    ask({
      path: `${subscription}/providers/Microsoft.CognitiveServices/deletedAccounts`,
      versionOf: ACCOUNTS,
      schema: deletedAccountsSchema,
      what: 'the deleted Azure OpenAI accounts',
    }),
    byKey(regions, ask, (region) => ({
      path: `${inRegion(region)}/models`,
      versionOf: ACCOUNTS,
      schema: offeredModelsSchema,
      what: `the models of ${region}`,
    })),
    byKey(regions, ask, (region) => ({
      path: `${inRegion(region)}/usages`,
      versionOf: ACCOUNTS,
      schema: usagesSchema,
      what: `the quota of ${region}`,
      role: 'Cognitive Services Usages Reader',
    })),
    askForDeployed(plan, target, group, ask),
    byKey([...new Set(scopes)], ask, (path) => ({
      path: `${path}/providers/Microsoft.Authorization/permissions`,
      versionOf: 'Microsoft.Authorization/roleAssignments',
      schema: permissionsSchema,
      what: `your rights on ${path.split('/').at(-1)}`,
    })),
    askForNames(plan, subscription, group, ask),
  ]);
  return { providers, flexRegions, models, usages, deletedAccounts, group, deployed, permissions, names };
}

async function byKey<Value>(
  keys: readonly string[],
  ask: Ask,
  questionOf: (key: string) => Question<Value>,
): Promise<ReadonlyMap<string, Fact<Value>>> {
  return new Map(await Promise.all(keys.map(async (key) => [key, await ask(questionOf(key))] as const)));
}

async function askForGroup(target: Target, ask: Ask): Promise<Fact<Group>> {
  const path = groupOf(target);
  if (!path) {
    return unknown(
      'The resource group is not known yet, and the names follow from it.',
      'Name it before azd asks for it, `azd env set AZURE_RESOURCE_GROUP <group>`, and run the check again.',
    );
  }
  return ask<Group>({
    path: `${path}/resources`,
    versionOf: 'Microsoft.Resources/deployments',
    schema: resourcesSchema.transform((resources) => ({ kind: 'existing' as const, resources })),
    absent: { code: 'ResourceGroupNotFound', value: { kind: 'new' } },
    what: `what is in the resource group ${target.resourceGroup}`,
  });
}

/** Of accounts that are there already. Where the group cannot be read, it is unknown of each. */
async function askForDeployed(plan: Plan, target: Target, group: Fact<Group>, ask: Ask): Promise<Facts['deployed']> {
  const path = groupOf(target);
  if (!path) return new Map();
  if (group.kind === 'unknown') return new Map(plan.accounts.map(({ name }) => [name, group]));
  const present = uniqueNames(plan).filter((one) => one.kind === 'subdomain' && isOwn(one, group.value));
  const found = await byKey(
    present.map(({ resource }) => resource),
    ask,
    (name) => ({
      path: `${path}/providers/${ACCOUNTS}/${name}/deployments`,
      versionOf: `${ACCOUNTS}/deployments`,
      schema: deployedModelsSchema,
      what: `the deployments of ${name}`,
    }),
  );
  return new Map(plan.accounts.map(({ name }) => [name, found.get(name) ?? known([])]));
}

const QUESTIONS = {
  'storage account': 'Microsoft.Storage/checkNameAvailability',
  'function app': 'Microsoft.Web/checknameavailability',
  subdomain: 'Microsoft.CognitiveServices/checkDomainAvailability',
} as const;

async function askForNames(plan: Plan, subscription: string, group: Fact<Group>, ask: Ask): Promise<Facts['names']> {
  if (group.kind === 'unknown') return new Map();
  const asked = uniqueNames(plan).filter((one) => !isOwn(one, group.value));
  const answers = asked.map(async (one) => [one.name, await ask(nameQuestion(one, subscription))] as const);
  return new Map(await Promise.all(answers));
}

function nameQuestion({ kind, name, type }: UniqueName, subscription: string) {
  return {
    method: 'POST' as const,
    path: `${subscription}/providers/${QUESTIONS[kind]}`,
    versionOf: type,
    body: kind === 'subdomain' ? { subdomainName: name, type } : { name, type },
    schema: availabilitySchema,
    what: `whether the ${kind} ${name} is free`,
  };
}
