import { describe, expect, it } from 'vitest';
import { quotaScopeOf, sharedQuotasOf, sharedQuotaWarning } from '../../shared/pool/quotaScope.ts';
import { seedDeployment } from './deployments.ts';

describe('quotaScopeOf', () => {
  it.each([
    ['GlobalStandard', 'swedencentral', 'global'],
    ['GlobalBatch', 'eastus2', 'global'],
    ['DataZoneStandard', 'eastus2', 'zone:us'],
    ['DataZoneStandard', 'westus', 'zone:us'],
    ['DataZoneProvisionedManaged', 'francecentral', 'zone:eu'],
    ['Standard', 'eastus2', 'region:eastus2'],
    ['ProvisionedManaged', 'japaneast', 'region:japaneast'],
  ])('of %s in %s is %s', (sku, region, scope) => {
    expect(quotaScopeOf({ sku, region })).toBe(scope);
  });
});

describe('sharedQuotasOf', () => {
  const shared = (...deployments: Parameters<typeof sharedQuotasOf>[0]): readonly (readonly string[])[] =>
    sharedQuotasOf(deployments).map(({ members }) => members.map(({ region }) => region));

  it('joins Global deployments of one model and version over all regions', () => {
    const global = { sku: 'GlobalStandard' };
    expect(shared(seedDeployment('westus', global), seedDeployment('swedencentral', global))).toEqual([
      ['westus', 'swedencentral'],
    ]);
  });

  it('joins those of one zone, and those of one region', () => {
    const zone = { sku: 'DataZoneStandard' };
    expect(
      shared(
        seedDeployment('westus', zone),
        seedDeployment('francecentral', zone),
        seedDeployment('eastus2', zone),
        seedDeployment('japaneast'),
        seedDeployment('japaneast', { name: 'second' }),
      ),
    ).toEqual([
      ['westus', 'eastus2'],
      ['japaneast', 'japaneast'],
    ]);
  });

  it.each([
    ['model', { model: 'gpt-5.1@2025-11-13' }],
    ['version', { model: 'gpt-4@turbo-2024-04-09' }],
    ['type', { sku: 'GlobalBatch' }],
    ['subscription', { subscription: 'research' }],
  ])('joins none that differ in their %s', (_, other) => {
    const global = { sku: 'GlobalStandard' };
    expect(shared(seedDeployment('westus', global), seedDeployment('swedencentral', { ...global, ...other }))).toEqual(
      [],
    );
  });

  it('joins no provisioned ones, whose units are their own', () => {
    const units = { sku: 'GlobalProvisionedManaged' };
    expect(shared(seedDeployment('westus', units), seedDeployment('swedencentral', units))).toEqual([]);
  });
});

describe('sharedQuotaWarning', () => {
  it('names the members, their sum, and what adds tokens', () => {
    const global = { sku: 'GlobalStandard', tokensPerMinute: 100_000 };
    const [quota] = sharedQuotasOf([seedDeployment('westus', global), seedDeployment('swedencentral', global)]);
    if (!quota) throw new Error('They share one.');
    expect(sharedQuotaWarning(quota)).toBe(
      'gpt-4-vision-preview-westus, gpt-4-vision-preview-swedencentral draw on one quota of the subscription: ' +
        'gpt-4@vision-preview, GlobalStandard, scope global. Their 200,000 tokens a minute are assigned from that one ' +
        'number. A further deployment in the same scope adds resilience, not tokens; another type, model, version or ' +
        'subscription adds tokens.',
    );
    expect(sharedQuotaWarning({ ...quota, subscription: 'research' })).toContain('one quota of subscription research:');
  });
});
