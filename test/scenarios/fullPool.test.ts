import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

/** One image of this request fits into a region's minute, a second does not. */
const TOKENS_PER_MINUTE = 3000;
const REGIONS = 4;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.map((each) => ({ ...each, tokensPerMinute: TOKENS_PER_MINUTE })),
    })),
  });
});
afterAll(() => cloud?.stop());

describe('a full pool', () => {
  it('makes an analysis wait in the queue, and then it succeeds, billed once', async () => {
    for (let place = 0; place < REGIONS; place++) {
      await cloud.upload(`first-${place}.png`, await plainPng(110 + place, 40));
      expect(await cloud.ended(`first-${place}.png`)).toMatchObject({ status: 'succeeded' });
    }
    await cloud.upload('patient.png', await plainPng(120, 40));
    expect(await waitForStatus('patient.png', 'waiting')).toMatchObject({ waitingFor: 'quota', attempts: [] });
    const analysis = await cloud.ended('patient.png', 120_000);
    expect(analysis.attempts.at(-1)).toMatchObject({ outcome: 'answered' });
    expect(analysis.status).toBe('succeeded');
    expect(cloud.regions?.summary().byStatus['200']).toBe(REGIONS + 1);
    expect(await cloud.queueLength('analyses-due')).toBe(0);
  }, 180_000);
});

async function waitForStatus(name: string, status: string): ReturnType<TestCloud['analysisOf']> {
  const untilMs = Date.now() + 20_000;
  while (Date.now() < untilMs) {
    const analysis = await cloud.analysisOf(name);
    if (analysis?.status === status) return analysis;
    await sleep(50);
  }
  throw new Error(`${name} was never ${status}: ${JSON.stringify(await cloud.analysisOf(name))}`);
}
