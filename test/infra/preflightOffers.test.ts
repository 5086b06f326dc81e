import { describe, expect, it } from 'vitest';
import { offeredModelsSchema, permissionsSchema, providersSchema } from '../../infra/preflight/answers.ts';
import { flexRows } from '../../infra/preflight/flexConsumption.ts';
import { modelRows } from '../../infra/preflight/models.ts';
import { type Plan, planOf } from '../../infra/preflight/plan.ts';
import { providerRows } from '../../infra/preflight/providers.ts';
import { known, type Row, unknown } from '../../infra/preflight/row.ts';
import { CONTRIBUTOR, LISTED_MODEL, listedModel, registeredProviders } from './recordedAnswers.ts';
import { goldenSnapshots } from './snapshot.ts';

const plan = planOf(goldenSnapshots.get('infra/main.bicepparam'));
const privatePlan = planOf(goldenSnapshots.get('infra/examples/private.bicepparam'));

const NOT_SIGNED_IN = unknown('There is no sign-in to Azure here.', 'Run `az login`.');
const contributor = permissionsSchema.parse(CONTRIBUTOR);

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
    ['NotRegistered', 'Microsoft.Web', plan, 'warning', 'Nothing, or register it now'],
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
    [['swedencentral', 'eastus2'], 'ok', 'It is offered there.'],
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
