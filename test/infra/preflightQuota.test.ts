import { describe, expect, it } from 'vitest';
import { deletedAccountsSchema, offeredModelsSchema, usagesSchema } from '../../infra/preflight/answers.ts';
import type { Plan, PlannedModel } from '../../infra/preflight/plan.ts';
import { quotaRows } from '../../infra/preflight/quota.ts';
import { type Fact, known, unknown } from '../../infra/preflight/row.ts';
import { DELETED_ACCOUNT, listedModel, listedUsage, RECORDED_QUOTA } from './recordedAnswers.ts';

const BARE: Plan = {
  types: [],
  otherProviders: [],
  groups: [],
  sites: [],
  storageAccounts: [],
  accounts: [],
  models: [],
};

const planned = (region: string, capacity: number, more: Partial<PlannedModel> = {}): PlannedModel => ({
  account: `account-${region}`,
  deployment: 'gpt-4o-globalstandard',
  region,
  model: 'gpt-4o',
  version: '2024-11-20',
  sku: 'GlobalStandard',
  capacity,
  ...more,
});

const GLOBAL = 'OpenAI.GlobalStandard.gpt-4o';

interface Given {
  readonly models: readonly PlannedModel[];
  /** Used and limit by region. */
  readonly quota: Readonly<Record<string, readonly [used: number, limit: number]>>;
  readonly name?: string;
}

const usageFacts = ({ quota, name = GLOBAL }: Given) =>
  new Map(
    Object.entries(quota).map(([region, [used, limit]]) => [
      region,
      known(usagesSchema.parse([listedUsage(name, used, limit)])),
    ]),
  );

const rowsOf = (given: Given, more: Partial<Parameters<typeof quotaRows>[1]> = {}) =>
  quotaRows(
    { ...BARE, models: given.models },
    { models: new Map(), usages: usageFacts(given), deployed: new Map(), deletedAccounts: known([]), ...more },
  );

describe('quotaRows', () => {
  it('adds up the deployments of one scope against its one number', () => {
    const models = [planned('swedencentral', 100), planned('eastus2', 100), planned('japaneast', 100)];
    const quota = { swedencentral: [0, 1000], eastus2: [0, 1000], japaneast: [0, 1000] } as const;
    expect(rowsOf({ models, quota })).toEqual([
      {
        check: 'Quota OpenAI.GlobalStandard.gpt-4o (global)',
        state: 'ok',
        found:
          '3 regions need 300 in all; 1,000 of 1,000 is left, 0 is used, one number for swedencentral, eastus2, japaneast, in thousands of tokens per minute.',
        todo: '',
      },
    ]);
  });

  it('fails where each deployment fits and all of a shared scope do not, and says that regions add none', () => {
    const models = [planned('swedencentral', 100), planned('eastus2', 100), planned('japaneast', 100)];
    const quota = { swedencentral: [50, 300], eastus2: [50, 300], japaneast: [50, 300] } as const;
    expect(rowsOf({ models, quota })).toEqual([
      {
        check: 'Quota OpenAI.GlobalStandard.gpt-4o (global)',
        state: 'fails',
        found:
          '3 regions need 300 in all; 250 of 300 is left, 50 is used, one number for swedencentral, eastus2, japaneast, in thousands of tokens per minute.',
        todo: 'Lower `capacity` in the parameters to at most 250 in all, or ask for quota: https://aka.ms/oai/quotaincrease. Another region of this type adds no tokens; another model or type does.',
      },
    ]);
  });

  it('sees by differing numbers that Azure still counts a model by region', () => {
    const models = RECORDED_QUOTA.map(({ region }) => planned(region, 40));
    const quota = Object.fromEntries(RECORDED_QUOTA.map(({ region, used, limit }) => [region, [used, limit] as const]));
    expect(rowsOf({ models, quota })).toMatchObject([
      {
        state: 'ok',
        found:
          'In australiaeast 40 is needed; 50 of 50 is left, 0 is used. In eastus2 40 is needed; 40 of 50 is left, 10 is used. In francecentral 40 is needed; 50 of 50 is left, 0 is used, in thousands of tokens per minute. The numbers differ by region, so Azure counts them by region.',
      },
    ]);
    const [row] = rowsOf({ models: models.map((one) => ({ ...one, capacity: 45 })), quota });
    expect(row).toMatchObject({ state: 'fails', todo: expect.stringContaining('to at most 40 in eastus2,') });
  });

  it('counts Standard region by region, and a data zone for itself', () => {
    const standard = { sku: 'Standard', deployment: 'a' };
    const models = [planned('eastus2', 10, standard), planned('francecentral', 20, standard)];
    const quota = { eastus2: [0, 10], francecentral: [0, 10] } as const;
    expect(rowsOf({ models, quota, name: 'OpenAI.Standard.gpt-4o' }).map(({ check, state }) => [check, state])).toEqual(
      [
        ['Quota OpenAI.Standard.gpt-4o (region:eastus2)', 'ok'],
        ['Quota OpenAI.Standard.gpt-4o (region:francecentral)', 'fails'],
      ],
    );
    const zones = models.map((one) => ({ ...one, sku: 'DataZoneStandard' }));
    expect(rowsOf({ models: zones, quota, name: 'OpenAI.DataZoneStandard.gpt-4o' }).map(({ check }) => check)).toEqual([
      'Quota OpenAI.DataZoneStandard.gpt-4o (zone:us)',
      'Quota OpenAI.DataZoneStandard.gpt-4o (zone:eu)',
    ]);
  });

  it('adds up two models that share one quota, by the name that Azure gives it', () => {
    const sku = 'GlobalProvisionedManaged';
    const offered = known(
      offeredModelsSchema.parse([
        listedModel('gpt-4o', '2024-11-20', [sku]),
        listedModel('gpt-5.1', '2025-11-13', [sku]),
      ]),
    );
    const models = [
      planned('eastus2', 50, { sku, deployment: 'a' }),
      planned('eastus2', 75, { sku, deployment: 'b', model: 'gpt-5.1', version: '2025-11-13' }),
    ];
    const given = { models, quota: { eastus2: [0, 100] } as const, name: `OpenAI.${sku}` };
    expect(rowsOf(given, { models: new Map([['eastus2', offered]]) })).toMatchObject([
      {
        check: 'Quota OpenAI.GlobalProvisionedManaged (global)',
        state: 'fails',
        found: 'In eastus2 125 is needed; 100 of 100 is left, 0 is used, in provisioned throughput units.',
      },
    ]);
  });

  it.each([
    ['has a limit of 0', [listedUsage(GLOBAL, 0, 0)]],
    ['is not listed', [listedUsage('OpenAI.Standard.gpt-4o', 0, 100)]],
  ])('fails where a quota %s', (_, listed) => {
    const usages = new Map([['eastus2', known(usagesSchema.parse(listed))]]);
    expect(rowsOf({ models: [planned('eastus2', 10)], quota: {} }, { usages })).toMatchObject([
      {
        state: 'fails',
        found: 'In eastus2 10 is needed; 0 of 0 is left, 0 is used, in thousands of tokens per minute.',
      },
    ]);
  });

  describe('of an installation that is there already', () => {
    const deployedOf = (capacity: number) =>
      known([
        {
          name: 'gpt-4o-globalstandard',
          sku: { name: 'GlobalStandard', capacity },
          properties: { model: { name: 'gpt-4o', version: '2024-11-20' } },
        },
      ]);
    const full = { models: [planned('eastus2', 50)], quota: { eastus2: [50, 50] } as const };

    it.each([
      [50, 'ok', 'The deployments are there already and need no more.'],
      [40, 'fails', 'In eastus2 10 is needed; 0 of 50 is left, 50 is used, in thousands of tokens per minute.'],
    ])('counts what goes beyond the %i that it holds', (capacity, state, found) => {
      const deployed = new Map([['account-eastus2', deployedOf(capacity)]]);
      expect(rowsOf(full, { deployed })).toMatchObject([{ state, found }]);
    });

    it('does not say that it fails where what it holds could not be read', () => {
      const deployed = new Map([['account-eastus2', unknown('You may not read it.', 'The role Reader lets you.')]]);
      expect(rowsOf(full, { deployed })).toMatchObject([
        { state: 'could not check', todo: 'The role Reader lets you.' },
      ]);
    });
  });

  it('names deleted accounts of the region, which hold quota', () => {
    const deletedAccounts: Fact<ReturnType<typeof deletedAccountsSchema.parse>> = known(
      deletedAccountsSchema.parse([DELETED_ACCOUNT, { ...DELETED_ACCOUNT, name: 'elsewhere', location: 'eastus' }]),
    );
    const [row] = rowsOf({ models: [planned('westus', 10)], quota: { westus: [50, 50] } }, { deletedAccounts });
    expect(row?.todo).toMatch(/ Deleted accounts hold quota for 48 hours, until purged: CrisProd\.$/);
  });

  it('says which role is missing where the quota may not be read', () => {
    const usages = new Map([['eastus2', unknown('You may not read the quota of eastus2.', 'The role lets you.')]]);
    expect(rowsOf({ models: [planned('eastus2', 10)], quota: {} }, { usages })).toEqual([
      {
        check: 'Quota OpenAI.GlobalStandard.gpt-4o (global)',
        state: 'could not check',
        found: 'You may not read the quota of eastus2.',
        todo: 'The role lets you.',
      },
    ]);
  });
});
