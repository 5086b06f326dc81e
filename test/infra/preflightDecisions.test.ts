import { describe, expect, it } from 'vitest';
import {
  deletedAccountsSchema,
  offeredModelsSchema,
  permissionsSchema,
  providersSchema,
} from '../../infra/preflight/answers.ts';
import { deletedAccountRows } from '../../infra/preflight/deletedAccounts.ts';
import { flexRows } from '../../infra/preflight/flexConsumption.ts';
import { modelRows } from '../../infra/preflight/models.ts';
import { nameRows } from '../../infra/preflight/names.ts';
import { type Plan, planOf } from '../../infra/preflight/plan.ts';
import { providerRows } from '../../infra/preflight/providers.ts';
import { mayDo, rightsRows } from '../../infra/preflight/rights.ts';
import { known, type Row, unknown } from '../../infra/preflight/row.ts';
import { rowTable } from '../../infra/preflight/rowTable.ts';
import {
  CONTRIBUTOR,
  DELETED_ACCOUNT,
  LISTED_MODEL,
  listedModel,
  ROLE_ADMINISTRATOR,
  registeredProviders,
} from './recordedAnswers.ts';
import { goldenSnapshots } from './snapshot.ts';

const plan = planOf(goldenSnapshots.get('infra/main.bicepparam'));
const privatePlan = planOf(goldenSnapshots.get('infra/examples/private.bicepparam'));

const NOT_SIGNED_IN = unknown('There is no sign-in to Azure here.', 'Run `az login`.');
const contributor = permissionsSchema.parse(CONTRIBUTOR);
const both = permissionsSchema.parse([...CONTRIBUTOR, ...ROLE_ADMINISTRATOR]);

const stateOf = (rows: readonly Row[], check: string): string | undefined =>
  rows.find((row) => row.check === check)?.state;
const problems = (rows: readonly Row[]): readonly Row[] => rows.filter(({ state }) => state !== 'ok');

describe('providerRows', () => {
  const parsed = (providers: readonly unknown[]) => known(providersSchema.parse(providers));
  const rows = (providers: readonly unknown[], of: Plan = plan) =>
    providerRows(of, parsed(providers), known(contributor));

  it('has a row for each namespace, and finds every type, version and region of the templates', () => {
    const found = rows(registeredProviders());
    expect(problems(found)).toEqual([]);
    expect(found).toContainEqual({
      check: 'Provider Microsoft.Storage',
      state: 'ok',
      found: 'Registered, with its 8 types at 2025-06-01.',
      todo: '',
    });
  });

  it.each([
    ['NotRegistered', 'Microsoft.Web', plan, 'warning', 'Or register it now'],
    ['Registering', 'Microsoft.Web', plan, 'warning', 'Wait for it'],
    ['NotRegistered', 'Microsoft.App', privatePlan, 'fails', 'Register it, with a right on the subscription'],
  ])('a provider that is %s (%s): %s', (state, namespace, of, expected, todo) => {
    const [row] = problems(rows(registeredProviders({ [namespace]: state }), of));
    expect(row).toMatchObject({ check: `Provider ${namespace}`, state: expected });
    expect(row?.todo).toBe(`${todo}: az provider register --namespace ${namespace} --wait`);
  });

  it('fails for a provider that is not registered where the caller may not register it', () => {
    const providers = parsed(registeredProviders({ 'Microsoft.Web': 'NotRegistered' }));
    const reader = known(permissionsSchema.parse([{ actions: ['*/read'] }]));
    expect(stateOf(providerRows(plan, providers, reader), 'Provider Microsoft.Web')).toBe('fails');
  });

  it('asks for Microsoft.App only with a private network', () => {
    expect(stateOf(rows(registeredProviders()), 'Provider Microsoft.App')).toBeUndefined();
    expect(stateOf(rows(registeredProviders(), privatePlan), 'Provider Microsoft.App')).toBe('ok');
  });

  it('fails for an API version that is not registered, with those that are', () => {
    const providers = registeredProviders().map((provider) => ({
      ...provider,
      resourceTypes: provider.resourceTypes.map((type) =>
        type.resourceType === 'metricAlerts' ? { ...type, apiVersions: ['2024-03-01-preview', '2017-09-01'] } : type,
      ),
    }));
    expect(problems(rows(providers))).toEqual([
      {
        check: 'API version Microsoft.Insights/metricAlerts@2018-03-01',
        state: 'fails',
        found: 'Azure answers NoRegisteredProviderFound: registered are 2024-03-01-preview, 2017-09-01.',
        todo: 'Use one of these in the template and in infra/knownToAzure.json.',
      },
    ]);
  });

  it('fails for a region in which a type is not offered', () => {
    const elsewhere = {
      ...plan,
      types: plan.types.map((type) => ({ ...type, locations: type.locations.map(() => 'mars') })),
    };
    expect(problems(rows(registeredProviders(), elsewhere))[0]).toMatchObject({ state: 'fails' });
  });

  it('has one row without a sign-in', () => {
    expect(providerRows(plan, NOT_SIGNED_IN, undefined)).toEqual([
      {
        check: 'Resource providers and API versions',
        state: 'could not check',
        found: 'There is no sign-in to Azure here.',
        todo: 'Run `az login`.',
      },
    ]);
  });
});

describe('flexRows', () => {
  it.each([
    [['swedencentral', 'eastus2'], 'ok', 'It is one of 2 regions.'],
    [['westus2', 'eastus2'], 'fails', 'It is not offered there; it is in: eastus2, westus2.'],
  ])('with Flex Consumption in %j: %s', (regions, state, found) => {
    expect(flexRows(plan, known(regions))).toMatchObject([
      { check: 'Flex Consumption in swedencentral', state, found },
    ]);
  });
});

describe('modelRows', () => {
  const mini = (skus: readonly string[], more?: object) => listedModel('gpt-5.4-mini', '2026-03-17', skus, more);
  const global = mini(['GlobalStandard']);
  const rows = (eastus2: readonly unknown[]) => {
    const parsed = (models: readonly unknown[]) => known(offeredModelsSchema.parse([LISTED_MODEL, ...models]));
    const offered = { swedencentral: parsed([global]), eastus2: parsed(eastus2), japaneast: parsed([global]) };
    return modelRows(plan, new Map(Object.entries(offered)));
  };

  it('has one row for a model that every region of the pool offers', () => {
    expect(rows([global])).toEqual([
      {
        check: 'Model gpt-5.4-mini@2026-03-17 GlobalStandard',
        state: 'ok',
        found: 'Offered in swedencentral, eastus2, japaneast.',
        todo: '',
      },
    ]);
  });

  const sized = (capacity: object) =>
    mini([], { skus: [{ name: 'GlobalStandard', usageName: 'OpenAI.GlobalStandard.gpt-5.4-mini', capacity }] });

  it.each([
    ['no such model', [], 'fails', 'gpt-5.4-mini is not offered to the subscription there.'],
    [
      'another version',
      [listedModel('gpt-5.4-mini', '2026-01-01', ['GlobalStandard'])],
      'fails',
      'This version is not offered to the subscription there; offered are: 2026-01-01.',
    ],
    [
      'another type',
      [mini(['DataZoneStandard', 'Standard'])],
      'fails',
      'This type is not offered to the subscription there; offered are: DataZoneStandard, Standard.',
    ],
    [
      'a model of another kind of account',
      [{ ...global, kind: 'AIServices' }],
      'fails',
      'gpt-5.4-mini is not offered to the subscription there.',
    ],
    ['a lower maximum', [sized({ maximum: 50 })], 'fails', 'capacity is 100; the most is 50.'],
    ['steps', [sized({ minimum: 15, step: 50 })], 'fails', 'capacity is 100; it grows in steps of 50.'],
    [
      'a model that retires',
      [mini(['GlobalStandard'], { lifecycleStatus: 'Deprecating' })],
      'warning',
      'Azure has it as Deprecating; it answers until 2027-09-17. New deployments of it may be refused.',
    ],
  ])('where a region offers %s, has a row of its own', (_, eastus2, state, found) => {
    expect(rows(eastus2)).toMatchObject([
      { state: 'ok', found: 'Offered in swedencentral, japaneast.' },
      { check: 'Model gpt-5.4-mini@2026-03-17 GlobalStandard in eastus2', state, found },
    ]);
  });
});

describe('deletedAccountRows', () => {
  it('offers the commands that restore or purge an account of the same name', () => {
    const deleted = deletedAccountsSchema.parse([
      DELETED_ACCOUNT,
      { ...DELETED_ACCOUNT, name: plan.accounts[1]?.name.toUpperCase(), location: 'eastus2' },
    ]);
    const [row, ...more] = deletedAccountRows(plan, known(deleted));
    expect(more).toEqual([]);
    expect(row).toMatchObject({ state: 'fails', check: 'Deleted account ARGUS-DEV-EASTUS2-G2T6KTCHVOBAM' });
    const account = '-l eastus2 -g bvttest -n ARGUS-DEV-EASTUS2-G2T6KTCHVOBAM';
    expect(row?.todo).toBe(
      `Restore it: az cognitiveservices account recover ${account}. Or remove it for good: az cognitiveservices account purge ${account}`,
    );
  });

  it('leaves accounts of other names alone', () => {
    expect(deletedAccountRows(plan, known(deletedAccountsSchema.parse([DELETED_ACCOUNT])))).toMatchObject([
      { state: 'ok', found: 'None of 1 has a name of this deployment.' },
    ]);
  });
});

describe('nameRows', () => {
  const free = { isFree: true, why: '' };
  const names = [
    ...plan.storageAccounts,
    ...plan.sites.map(({ name }) => name),
    ...plan.accounts.map(({ name }) => name),
  ];
  const [host = '', data = ''] = plan.storageAccounts;
  const asked = (taken: Readonly<Record<string, string>> = {}) =>
    new Map(names.map((name) => [name, known(taken[name] ? { isFree: false, why: taken[name] } : free)]));
  const none = known([]);

  it('has one row where every name is free', () => {
    expect(nameRows(plan, known({ kind: 'new' }), asked(), none)).toMatchObject([
      { state: 'ok', found: '6 are free.' },
    ]);
  });

  it('fails for a name that is taken, with what Azure says', () => {
    const rows = nameRows(plan, known({ kind: 'new' }), asked({ [data]: `The name ${data} is already taken.` }), none);
    expect(rows).toMatchObject([
      { state: 'ok', found: '5 are free.' },
      { state: 'fails', check: `Name of storage account ${data}`, found: `The name ${data} is already taken.` },
    ]);
  });

  it('takes what an earlier deployment made as its own', () => {
    const resources = [{ type: 'microsoft.storage/storageaccounts', name: host }];
    const rows = nameRows(plan, known({ kind: 'existing', resources }), asked({ [host]: 'taken' }), none);
    expect(rows).toMatchObject([{ state: 'ok', found: '5 are free. 1 are of this installation already.' }]);
  });

  it('leaves the subdomain of a deleted account to the row of that account', () => {
    const name = plan.accounts[0]?.name ?? '';
    const deleted = known([{ id: '', name, location: '' }]);
    expect(problems(nameRows(plan, known({ kind: 'new' }), asked({ [name]: 'taken' }), deleted))).toEqual([]);
  });
});

describe('mayDo', () => {
  it.each([
    ['Microsoft.Web/sites/write', contributor, true],
    ['Microsoft.Authorization/roleAssignments/write', contributor, false],
    ['microsoft.authorization/ROLEASSIGNMENTS/write', both, true],
    ['Microsoft.Web/sites/read', permissionsSchema.parse([{ actions: ['*/read'] }]), true],
    ['Microsoft.Web/sites/write', permissionsSchema.parse([{ actions: ['*/read'] }]), false],
    ['MicrosoftXWeb/sites/write', permissionsSchema.parse([{ actions: ['Microsoft.Web/*'] }]), false],
    ['Microsoft.Web/sites/write', permissionsSchema.parse([]), false],
  ] as const)('%s', (action, permissions, expected) => {
    expect(mayDo(permissions, action)).toBe(expected);
  });
});

describe('rightsRows', () => {
  const group = '/subscriptions/s/resourceGroups/rg-argus';
  const home = { path: group, isForNewGroup: false };

  it('says which role gives what is missing, and how to ask for it', () => {
    const rows = rightsRows(plan, home, [], new Map([[group, known(contributor)]]));
    expect(rows).toMatchObject([
      { check: 'Right to create resources on rg-argus', state: 'ok' },
      {
        check: 'Right to assign roles on rg-argus',
        state: 'fails',
        found: 'You lack 1 of 1: Microsoft.Authorization/roleAssignments/write.',
        todo: `Ask an owner for it: az role assignment create --role "Role Based Access Control Administrator" --assignee <your object id> --scope ${group}`,
      },
    ]);
  });

  it('counts the right to create the group where there is none yet', () => {
    const permissions = permissionsSchema.parse([
      { actions: ['*'], notActions: ['Microsoft.Resources/subscriptions/resourceGroups/write'] },
    ]);
    const [row] = rightsRows(
      plan,
      { path: '/subscriptions/s', isForNewGroup: true },
      [],
      new Map([['/subscriptions/s', known(permissions)]]),
    );
    expect(row).toMatchObject({ state: 'fails', found: expect.stringContaining('resourceGroups/write.') });
  });

  it('asks for the roles alone on the group of an account that is there already', () => {
    const other = '/subscriptions/s/resourceGroups/rg-shared';
    const permissions = new Map([
      [group, known(both)],
      [other, known(permissionsSchema.parse([{ actions: ['*/read'] }]))],
    ]);
    const rows = rightsRows(plan, home, [{ path: other, isForNewGroup: false }], permissions);
    expect(problems(rows).map(({ check, found }) => `${check}: ${found}`)).toEqual([
      'Right to create resources on rg-shared: You lack 1 of 1: Microsoft.Resources/deployments/write.',
      'Right to assign roles on rg-shared: You lack 1 of 1: Microsoft.Authorization/roleAssignments/write.',
    ]);
  });
});

describe('rowTable', () => {
  const rows: readonly Row[] = [
    { check: 'Provider Microsoft.Web', state: 'ok', found: 'Registered.', todo: '' },
    {
      check: 'Names',
      state: 'could not check',
      found: 'There is no sign-in to Azure here.',
      todo: 'Run `azd auth login` or `az login`.',
    },
  ];

  it('puts what to do below what was found', () => {
    expect(rowTable(rows, 100)).toBe(
      [
        'ok               Provider Microsoft.Web  Registered.',
        'could not check  Names                   There is no sign-in to Azure here.',
        '                                           Run `azd auth login` or `az login`.',
        '',
        '0 would fail, 0 warnings, 1 could not be checked, 1 are fine.',
      ].join('\n'),
    );
  });

  it('gives what was found lines of its own in a narrow terminal', () => {
    expect(rowTable(rows, 60).split('\n').slice(0, 4)).toEqual([
      'ok               Provider Microsoft.Web',
      '                 Registered.',
      'could not check  Names',
      '                 There is no sign-in to Azure here.',
    ]);
  });
});
