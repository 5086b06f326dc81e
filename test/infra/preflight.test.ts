import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askOf } from '../../infra/preflight/ask.ts';
import { decideRows } from '../../infra/preflight/decideRows.ts';
import { gatherFacts } from '../../infra/preflight/gatherFacts.ts';
import { signedIn } from '../../infra/preflight/main.ts';
import { planOf } from '../../infra/preflight/plan.ts';
import type { Row } from '../../infra/preflight/row.ts';
import { targetFrom } from '../../infra/preflight/target.ts';
import { hasCompiler, ROOT } from './compile.ts';
import { closeServers } from './emulatedManagement.ts';
import { newSubscription, SUBSCRIPTION, type Subscription } from './emulatedSubscription.ts';
import { CONTRIBUTOR, listedModel, listedUsage, registeredProviders } from './recordedAnswers.ts';
import { goldenSnapshots } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });
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
      'fails: Right to assign roles on the subscription, which gets a new resource group',
    ]);
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
      'could not check: Right to assign roles on the subscription, which gets a new resource group',
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
    const { rows } = await checked(FINE, { ...environment, AZURE_SUBSCRIPTION_ID: 'other' });
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['could not check']));
  });
});

describe('signedIn', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'argus-az-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  it('takes the token of az once', async () => {
    const az = join(folder, 'az');
    const answer = { accessToken: 'token', expiresOn: '2099-01-01 00:00:00.000000', expires_on: 4_070_908_800 };
    writeFileSync(az, `#!/bin/sh\necho "$@" >> ${folder}/calls\necho '${JSON.stringify(answer)}'\n`);
    chmodSync(az, 0o755);
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
    const azure = await signedIn(targetFrom(environment));
    if (azure.kind !== 'known') throw new Error(azure.why);
    expect([await azure.value.getToken(), await azure.value.getToken()]).toEqual(['token', 'token']);
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [{}, 'AZURE_SUBSCRIPTION_ID is not set.'],
    [environment, 'There is no sign-in to Azure here.'],
  ])('says what is missing with %j', async (variables, why) => {
    vi.stubEnv('PATH', folder);
    expect(await signedIn(targetFrom(variables))).toMatchObject({ kind: 'unknown', why });
  });
});

describe('npm run preflight', () => {
  const run = (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [join(ROOT, 'infra/preflight/main.ts'), ...args], {
      encoding: 'utf8',
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    });

  it('says what it is for', () => {
    expect(run(['--help'])).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^npm run preflight/),
    });
  });

  it('refuses an option that there is not, in a sentence', () => {
    expect(run(['--fix'])).toMatchObject({
      status: 1,
      stderr: 'The arguments are --fix; they may be one parameter file and --json.\n',
    });
  });

  describe.runIf(hasCompiler())('with a compiler', () => {
    it('says without a sign-in what it could not check, and ends with 0', () => {
      const { status, stdout } = run(['--json'], { ...environment, AZURE_ENV_NAME: 'prod' });
      expect(status).toBe(0);
      const { fails, rows }: { fails: number; rows: readonly Row[] } = JSON.parse(stdout);
      expect(fails).toBe(0);
      expect(brief(rows)).toEqual([
        'ok: Parameters infra/main.bicepparam',
        'could not check: Resource providers and API versions',
        'could not check: Flex Consumption in swedencentral',
        ...REGIONS.map((region) => `could not check: Model gpt-5.4-mini@2026-03-17 GlobalStandard in ${region}`),
        `could not check: Quota ${QUOTA} (global)`,
        'could not check: Deleted Azure OpenAI accounts',
        'could not check: Names that are unique in Azure',
        `could not check: Rights on ${GROUP}`,
      ]);
      expect(rows.at(-1)).toMatchObject({ todo: 'Run `azd auth login` or `az login`.' });
    });

    it('ends with 1 where the templates refuse the parameters, with their sentence, without a sign-in too', () => {
      const { status, stdout } = run(['--json'], { ...environment, AZURE_LOCATION: 'mars' });
      expect(status).toBe(1);
      const [row] = JSON.parse(stdout).rows;
      expect(row).toMatchObject({
        state: 'fails',
        found: expect.stringMatching(/^The location mars is not known to offer/),
      });
    });
  });
});

describe('azd', () => {
  it('runs the preflight before it provisions, on either system, and shows what it says', () => {
    const azd = readFileSync(join(ROOT, 'azure.yaml'), 'utf8');
    const hook = azd.match(/\n {2}preprovision:\n(?: {4}.*\n)+/)?.[0] ?? '';
    expect(hook.match(/npm exec -- node infra\/preflight\/main\.ts$/gm)).toHaveLength(2);
    expect(hook.match(/interactive: true/g)).toHaveLength(2);
  });
});
