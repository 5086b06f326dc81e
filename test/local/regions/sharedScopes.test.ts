import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RegionOptions } from '../../../local/regions/regionOptions.ts';
import { type Regions, startRegions } from '../../../local/regions/startRegions.ts';
import { chatAbout, plainPng, post, secret } from './cloud.ts';

const REGIONS = ['swedencentral', 'eastus2', 'japaneast'] as const;

function regionOf(name: string, scope?: string): RegionOptions {
  return {
    name,
    answers: 'fixed',
    deployments: [
      {
        deployment: 'vision',
        model: 'gpt-4o',
        version: '2024-11-20',
        tokensPerMinute: 10_000,
        ...(scope === undefined ? {} : { scope }),
      },
    ],
  };
}

describe('deployments of one scope', () => {
  let regions: Regions;
  let nowMs = Date.now();
  let image: Buffer;
  beforeEach(async () => {
    image = await plainPng();
  });
  afterEach(() => regions.close());

  const start = async (scope?: string): Promise<void> => {
    regions = await startRegions({ secret, regions: REGIONS.map((name) => regionOf(name, scope)), nowMs: () => nowMs });
  };
  /** Asks with an output cap of so many tokens. */
  const ask = async (region: string, cap = 8_000) => {
    const reply = await post(regions.get(region), chatAbout(image, { model: 'vision', max_tokens: cap }));
    const number = (header: string): number => Number(reply.headers.get(`x-ratelimit-${header}`));
    return { status: reply.status, limit: number('limit-tokens'), remaining: number('remaining-tokens') };
  };
  const chargeOf = (index: number): number => regions.charges()[index]?.admissionTokens ?? 0;

  it('share the sum of their quotas, and each answer tells of the whole', async () => {
    await start('global');
    expect(await ask('swedencentral')).toMatchObject({ status: 200, limit: 30_000, remaining: 30_000 - chargeOf(0) });
    expect(await ask('swedencentral')).toMatchObject({ status: 200, remaining: 30_000 - chargeOf(0) - chargeOf(1) });
    expect(await ask('eastus2')).toMatchObject({ status: 200, limit: 30_000 });
    expect((await ask('japaneast')).status).toBe(429);
    nowMs += 60_000;
    expect((await ask('japaneast')).status).toBe(200);
  });

  it('are moved into it while they run, and out of it', async () => {
    await start();
    expect(await ask('swedencentral')).toMatchObject({ status: 200, limit: 10_000 });
    expect((await ask('swedencentral')).status).toBe(429);
    for (const name of REGIONS) regions.get(name).change({ scopes: { vision: 'global' } });
    expect(await ask('swedencentral')).toMatchObject({ status: 200, limit: 30_000 });
    expect(await ask('eastus2', 12_000)).toMatchObject({ status: 200, limit: 30_000 });
    regions.get('japaneast').change({ scopes: { vision: null } });
    expect(await ask('japaneast')).toMatchObject({ status: 200, limit: 10_000 });
    expect(await ask('eastus2', 100)).toMatchObject({ limit: 20_000 });
  });

  it('follow the quota of a member that changes', async () => {
    await start('global');
    regions.get('eastus2').change({ tokensPerMinute: { vision: 50_000 } });
    expect(await ask('swedencentral')).toMatchObject({ status: 200, limit: 70_000 });
  });

  it('are of one model and version: another one beside them has a quota of its own', async () => {
    await start('global');
    await regions.close();
    const other: RegionOptions = {
      ...regionOf('westus', 'global'),
      deployments: [
        { deployment: 'vision', model: 'gpt-4o', version: '2024-08-06', tokensPerMinute: 10_000, scope: 'global' },
      ],
    };
    regions = await startRegions({ secret, regions: [regionOf('swedencentral', 'global'), other], nowMs: () => nowMs });
    expect(await ask('swedencentral')).toMatchObject({ status: 200, limit: 10_000 });
    expect(await ask('westus')).toMatchObject({ status: 200, limit: 10_000 });
  });

  it('are not moved by a name that the region does not have', async () => {
    await start();
    expect(() => regions.get('eastus2').change({ scopes: { vison: 'global' } })).toThrow(
      'The region eastus2 has no deployment "vison".',
    );
  });
});
