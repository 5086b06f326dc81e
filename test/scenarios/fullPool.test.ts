import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

/** One image of this request fits into a region's minute, a second does not. */
const TOKENS_PER_MINUTE = 3000;
const REGIONS = 4;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud({
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.map((each) => ({ ...each, tokensPerMinute: TOKENS_PER_MINUTE })),
    })),
  });
});
afterEach(() => cloud?.stop());

describe('a full pool', () => {
  it('makes an analysis wait in the queue, and then it succeeds, billed once', async () => {
    const names = Array.from({ length: REGIONS + 1 }, (_, place) => `${place}.png`);
    await Promise.all(names.map(async (name, place) => cloud.upload(name, await plainPng(110 + place, 40))));
    // One for each region; the last one waits for another minute.
    await expect
      .poll(() => listed('waiting'))
      .toMatchObject([{ waitingFor: 'quota', attempts: [], image: { source: expect.stringMatching(/^\d\.png$/) } }]);
    for (const name of names) {
      // A region may count a request a moment late; then the one of the next minute meets a 429 and waits for another minute.
      const analysis = await cloud.ended(name, 240_000);
      expect(analysis.attempts.at(-1)).toMatchObject({ outcome: 'answered' });
      expect(analysis.status).toBe('succeeded');
    }
    expect(cloud.regions?.summary().byStatus['200']).toBe(REGIONS + 1);
    // What was queued in case the worker died is taken back a moment after the end.
    await expect.poll(() => cloud.queueLength('analyses-due')).toBe(0);
  });
});

async function listed(status: string): Promise<readonly TestAnalysis[]> {
  const page = await cloud.call(`/api/analyses?status=${status}`);
  return ((await page.json()) as { analyses: TestAnalysis[] }).analyses;
}
