import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

/** What the service says while its minute is full. */
const FULL = { standing: { kind: 'throttle', retryAfterMs: 15_000 } } as const;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    regions: seedRegions()
      .slice(0, 1)
      .map((region) => ({ ...region, answers: 'fixed' })),
  });
});
afterAll(() => cloud?.stop());

async function describeImage(width: number, headers: Readonly<Record<string, string>>): Promise<Response> {
  return await cloud.call('/api/analyze?task=describe', {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...headers },
    body: new Uint8Array(await plainPng(width, 44)),
  });
}

describe('POST /api/analyze on a pool whose minute is full', () => {
  it('keeps the queue position of a caller with a key: it starts at its Retry-After, before later callers', async () => {
    const [region] = cloud.regions?.all ?? [];
    expect((await describeImage(131, {})).status).toBe(200);

    region?.setFaults(FULL);
    const keyed = { 'idempotency-key': 'the one that comes back' };
    const told = await describeImage(132, { ...keyed, prefer: 'wait=5' });
    region?.setFaults({});
    expect(told.status).toBe(429);
    expect(await told.json()).toMatchObject({ code: 'no-slot-in-time' });
    const retryAfterSeconds = Number(told.headers.get('retry-after'));
    // As the service said, and up to a second more: many may be waiting for the same moment.
    expect(retryAfterSeconds).toBeGreaterThan(5);
    expect(retryAfterSeconds).toBeLessThanOrEqual(17);

    await sleep(retryAfterSeconds * 1_000);
    const stranger = await describeImage(133, { prefer: 'wait=5' });
    expect(stranger.status).toBe(429);
    const again = await describeImage(132, { ...keyed, prefer: 'wait=60' });
    expect(again.status).toBe(200);
    expect(region?.summary()).toMatchObject({ answered: 2, refused: 1 });
  }, 120_000);
});
