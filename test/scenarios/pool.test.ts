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

interface ShownDeployment {
  readonly region: string;
  readonly circuit: { readonly state: string; readonly reason?: string };
}

async function shown(region: string): Promise<ShownDeployment | undefined> {
  const { deployments } = (await (await cloud.call('/api/deployments')).json()) as { deployments: ShownDeployment[] };
  return deployments.find((each) => each.region === region);
}

describe('a deployment that is set up wrongly', () => {
  it('costs no image, is left out, and shows code and sentence', async () => {
    cloud.regions?.get('swedencentral').setFaults({ standing: { kind: 'refuse', as: 'operation-not-supported' } });
    const names = Array.from({ length: 6 }, (_, index) => `mis-set-${index}.png`);
    for (const [index, name] of names.entries()) await cloud.upload(name, await plainPng(200 + index, 40));
    for (const name of names) expect(await cloud.ended(name)).toMatchObject({ status: 'succeeded' });
    expect(await shown('swedencentral')).toMatchObject({
      circuit: {
        state: 'open',
        reason: expect.stringMatching(/^answers 400 OperationNotSupported: The chatCompletion/),
      },
    });
  });

  it('is found by the answer of another one if its message says nothing', async () => {
    const page = '<html><body><h1>400 Bad Request</h1></body></html>';
    const standing = { kind: 'reply', status: 400, contentType: 'text/html', body: page } as const;
    cloud.regions?.get('switzerlandnorth').setFaults({ standing });
    const names = Array.from({ length: 8 }, (_, index) => `gateway-${index}.png`);
    for (const [index, name] of names.entries()) await cloud.upload(name, await plainPng(220 + index, 40));
    for (const name of names) expect(await cloud.ended(name)).toMatchObject({ status: 'succeeded' });
    expect(await shown('switzerlandnorth')).toMatchObject({
      circuit: { state: 'open', reason: 'answers 400: 400 Bad Request' },
    });
  });
});

describe('an image that no region can read', () => {
  it('is encoded again, sent elsewhere, and rejected with the service’s message', async () => {
    for (const region of cloud.regions?.all ?? [])
      region.setFaults({ standing: { kind: 'refuse', as: 'image-parse-error' } });
    await cloud.upload('unreadable.png', await plainPng(240, 40));
    const analysis = await cloud.ended('unreadable.png');
    expect(analysis).toMatchObject({
      status: 'rejected',
      error: { code: 'broken-image', detail: expect.stringContaining('You uploaded an unsupported image.') },
      warnings: [{ code: 're-encoded' }],
    });
    expect(analysis.attempts.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused']);
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
