import { afterEach, describe, expect, it } from 'vitest';
import { askOf } from '../../infra/preflight/ask.ts';
import { decideRows } from '../../infra/preflight/decideRows.ts';
import { gatherFacts } from '../../infra/preflight/gatherFacts.ts';
import { planOf } from '../../infra/preflight/plan.ts';
import type { Row } from '../../infra/preflight/row.ts';
import { targetFrom } from '../../infra/preflight/target.ts';
import { closeServers } from './emulatedManagement.ts';
import { newSubscription, SUBSCRIPTION, type Subscription } from './emulatedSubscription.ts';
import { CONTRIBUTOR, listedModel, listedUsage, registeredProviders } from './recordedAnswers.ts';
import { goldenSnapshots } from './snapshot.ts';

afterEach(closeServers);

const plan = planOf(goldenSnapshots.get('infra/main.bicepparam'));
const GROUP = 'rg-argus-example';
const environment = { AZURE_SUBSCRIPTION_ID: SUBSCRIPTION, AZURE_RESOURCE_GROUP: GROUP };

const REGIONS = ['swedencentral', 'eastus2', 'japaneast'] as const;
const inAll = (list: readonly unknown[]) => Object.fromEntries(REGIONS.map((region) => [region, list]));
const QUOTA = 'OpenAI.GlobalStandard.gpt-5.4-mini';

/** A new subscription in which the default parameters deploy. */
const FINE: Subscription = {
  models: inAll([listedModel('gpt-5.4-mini', '2026-03-17', ['GlobalStandard'])]),
  usages: inAll([listedUsage(QUOTA, 0, 1000)]),
};

async function checked(given: Subscription, variables: Readonly<Record<string, string | undefined>> = environment) {
  const { azure, seen } = await newSubscription(given);
  const target = targetFrom(variables);
  const rows = decideRows(plan, target, await gatherFacts(plan, target, askOf(azure)));
  return { rows, seen, problems: rows.filter(({ state }) => state !== 'ok') };
}

const brief = (rows: readonly Row[]): readonly string[] => rows.map(({ state, check }) => `${state}: ${check}`);

describe('the preflight against a subscription', () => {
  it('finds nothing where everything is there, on a list in pages too', async () => {
    for (const pageSize of [1000, 2]) expect((await checked({ ...FINE, pageSize })).problems).toEqual([]);
  });

  it('creates and changes nothing: it reads, and asks whether names are free', async () => {
    const { seen } = await checked(FINE);
    const writes = seen.filter(({ call }) => !call.startsWith('GET ')).map(({ call }) => call.split('?')[0]);
    expect(new Set(writes)).toEqual(
      new Set(
        [
          'Microsoft.Storage/checkNameAvailability',
          'Microsoft.Web/checknameavailability',
          'Microsoft.CognitiveServices/checkDomainAvailability',
        ].map((path) => `POST /subscriptions/${SUBSCRIPTION}/providers/${path}`),
      ),
    );
  });

  it('says all that would fail at once', async () => {
    const [host = ''] = plan.storageAccounts;
    const { problems } = await checked({
      providers: registeredProviders({ 'Microsoft.EventGrid': 'NotRegistered' }),
      flexRegions: ['East US 2'],
      models: { ...FINE.models, japaneast: [] },
      usages: inAll([listedUsage(QUOTA, 750, 1000)]),
      deletedAccounts: [{ id: `/resourceGroups/${GROUP}`, name: plan.accounts[0]?.name, location: 'swedencentral' }],
      permissions: CONTRIBUTOR,
      taken: { [host]: `The storage account named ${host} is already taken.` },
    });
    expect(brief(problems)).toEqual([
      'warning: Provider Microsoft.EventGrid',
      'fails: Flex Consumption in swedencentral',
      'fails: Model gpt-5.4-mini@2026-03-17 GlobalStandard in japaneast',
      `fails: Quota ${QUOTA} (global)`,
      `fails: Deleted account ${plan.accounts[0]?.name}`,
      `fails: Name of storage account ${host}`,
      'fails: Right to assign roles on the subscription',
    ]);
  });

  it('leaves out the rights of a sign-in that only reads', async () => {
    const { azure } = await newSubscription({ ...FINE, permissions: [{ actions: ['*/read'], notActions: [] }] });
    const target = targetFrom(environment);
    const facts = await gatherFacts(plan, target, askOf(azure));
    const problems = (withRights: boolean) =>
      brief(decideRows(plan, target, facts, withRights).filter(({ state }) => state === 'fails'));
    expect(problems(true)).toEqual([
      'fails: Right to create resources on the subscription',
      'fails: Right to assign roles on the subscription',
    ]);
    expect(problems(false)).toEqual([]);
  });

  it('finds nothing at the second deployment, whose names and quota are its own', async () => {
    const group = [
      ...plan.storageAccounts.map((name) => ({ type: 'Microsoft.Storage/storageAccounts', name })),
      ...plan.sites.map(({ name }) => ({ type: 'Microsoft.Web/sites', name })),
      ...plan.accounts.map(({ name }) => ({ type: 'Microsoft.CognitiveServices/accounts', name })),
    ];
    const deployment = {
      name: 'gpt-5.4-mini-globalstandard',
      sku: { name: 'GlobalStandard', capacity: 100 },
      properties: { model: { format: 'OpenAI', name: 'gpt-5.4-mini', version: '2026-03-17' } },
    };
    const { problems, rows } = await checked({
      ...FINE,
      group,
      usages: inAll([listedUsage(QUOTA, 300, 300)]),
      deployments: Object.fromEntries(plan.accounts.map(({ name }) => [name, [deployment]])),
      taken: Object.fromEntries(group.map(({ name }) => [name, 'It is taken.'])),
    });
    expect(problems).toEqual([]);
    expect(brief(rows)).toContain(`ok: Right to create resources on ${GROUP}`);
  });

  it('checks what does not follow from the resource group before azd has asked for it', async () => {
    const { problems } = await checked({ ...FINE, permissions: CONTRIBUTOR }, { AZURE_SUBSCRIPTION_ID: SUBSCRIPTION });
    expect(brief(problems)).toEqual([
      'could not check: Names that are unique in Azure',
      'could not check: Right to assign roles on the subscription',
    ]);
  });

  it('says which role is missing, and fails for nothing that it could not read', async () => {
    const forbidden = [403, { error: { code: 'AuthorizationFailed', message: 'No.' } }] as const;
    const { rows, problems } = await checked({ ...FINE, instead: { '/usages': forbidden, '/resources': forbidden } });
    expect(problems.every(({ state }) => state === 'could not check')).toBe(true);
    expect(rows).toContainEqual({
      check: `Quota ${QUOTA} (global)`,
      state: 'could not check',
      found: 'You may not read the quota of swedencentral (AuthorizationFailed: No.).',
      todo: 'The role Cognitive Services Usages Reader on the subscription lets you.',
    });
  });

  it.each([
    [
      'busy',
      [503, { error: { code: 'ServerBusy', message: 'Later.' } }],
      'Azure did not say where Flex Consumption is offered (status 503: ServerBusy: Later.).',
    ],
    [
      'another shape',
      [200, { value: [{ region: 'Sweden Central' }] }],
      'Azure described where Flex Consumption is offered in an unknown way: 0.name:',
    ],
  ] as const)('could not check what Azure answers with %s', async (_, answer, found) => {
    const { problems } = await checked({ ...FINE, instead: { '/geoRegions': answer } });
    expect(problems).toMatchObject([{ state: 'could not check', found: expect.stringContaining(found) }]);
  });

  it('could not check with a token that Azure does not take, or a subscription that is not there', async () => {
    const { azure } = await newSubscription(FINE);
    const target = targetFrom(environment);
    const expired = { ...azure, getToken: async () => 'old' };
    const facts = await gatherFacts(plan, target, askOf(expired));
    expect(facts.providers).toMatchObject({ why: expect.stringMatching(/^Azure does not take the sign-in \(Auth/) });
    const elsewhere = targetFrom({ ...environment, AZURE_SUBSCRIPTION_ID: 'other' });
    expect((await gatherFacts(plan, elsewhere, askOf(azure))).providers).toEqual({
      kind: 'unknown',
      why: 'SubscriptionNotFound: The subscription could not be found.',
      todo: 'Sign in to the tenant of the subscription, or set AZURE_SUBSCRIPTION_ID to one of yours.',
    });
  });
});
