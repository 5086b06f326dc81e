import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })) });
});
afterEach(() => {
  for (const region of cloud.regions?.all ?? []) region.setFaults({});
});
afterAll(() => cloud?.stop());

const regionNames = ['australiaeast', 'swedencentral', 'switzerlandnorth', 'westus'];

describe('a region in trouble', () => {
  it('is taken out and named when it answers 401 to everybody', async () => {
    cloud.regions?.get('australiaeast').setFaults({ standing: { kind: 'refuse', as: 'unauthorized' } });
    await cloud.upload('signed-out.png', await plainPng(102, 40));
    expect(await cloud.ended('signed-out.png')).toMatchObject({ status: 'succeeded' });
    await cloud.upload('signed-out-2.png', await plainPng(103, 40));
    await cloud.ended('signed-out-2.png');
    const { deployments } = (await (await cloud.call('/api/deployments')).json()) as {
      deployments: { region: string; circuit: { state: string; reason?: string } }[];
    };
    const out = deployments.find(({ region }) => region === 'australiaeast');
    expect(out?.circuit).toMatchObject({ state: 'open' });
    expect(out?.circuit.reason).toContain('401');
    const calls =
      cloud.regions
        ?.get('australiaeast')
        .charges()
        .filter(({ status }) => status === 401) ?? [];
    expect(calls).toHaveLength(1);
  });

  it('hands over at once when it is throttled, without a wait', async () => {
    for (const name of regionNames.slice(0, 3)) {
      cloud.regions?.get(name).setFaults({ standing: { kind: 'throttle', retryAfterMs: 60_000 } });
    }
    await cloud.upload('handed-over.png', await plainPng(101, 40));
    const analysis = await cloud.ended('handed-over.png');
    expect(analysis).toMatchObject({ status: 'succeeded', deployment: { region: 'westus' } });
    expect(analysis.attempts.filter(({ outcome }) => outcome === 'throttled').length).toBeLessThanOrEqual(3);
    expect(analysis.attempts.at(-1)).toMatchObject({ outcome: 'answered', status: 200 });
    expect(analysis.timing.waitedMs).toBeLessThan(60_000);
  });
});

describe('a content filter', () => {
  it('ends an image as rejected, with the category', async () => {
    const png = await plainPng(105, 40);
    const sha256 = createHash('sha256').update(png).digest('hex');
    for (const region of cloud.regions?.all ?? [])
      region.change({ filterImages: [{ sha256, category: 'violence', on: 'image' }] });
    await cloud.upload('filtered.png', png);
    const analysis = await cloud.ended('filtered.png');
    expect(analysis).toMatchObject({ status: 'rejected', error: { code: 'content-filtered' } });
    expect(analysis.error?.detail).toContain('violence');
    expect(analysis.attempts).toHaveLength(1);
  });
});
