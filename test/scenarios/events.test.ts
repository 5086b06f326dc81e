import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { seededRandom } from '../../local/seededRandom.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    events: { duplicateRate: 1, reorder: 'some', lateMs: 1500, random: seededRandom(7) },
    regions: seedRegions().map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.map((each) => ({ ...each, tokensPerMinute: 900_000 })),
    })),
  });
});
afterAll(() => cloud?.stop());

describe('30 uploads whose events come twice, late and out of order', () => {
  it('are billed for one call each, and each has its result', async () => {
    const pictures = await Promise.all(
      Array.from({ length: 30 }, async (_, place) => ({
        name: `folder ${place % 3}/picture ${place}.png`,
        bytes: await plainPng(400 + place, 30),
      })),
    );
    for (const { name, bytes } of pictures) await cloud.upload(name, bytes);
    // Copies that come when their analysis has ended change nothing, but they do come.
    const runs = (): number =>
      cloud.lines.filter((line) => line.includes("Executed 'Functions.onImageUploaded' (Succeeded)")).length;
    await expect.poll(runs, { timeout: 150_000, interval: 100 }).toBe(60);
    const analyses = await Promise.all(pictures.map(({ name }) => cloud.ended(name)));
    expect(analyses.map(({ status }) => status)).toEqual(Array(30).fill('succeeded'));

    const billed = (cloud.regions?.charges() ?? [])
      .filter(({ billedTokens }) => billedTokens > 0)
      .flatMap(({ images }) => images.map(({ width }) => width));
    expect(billed.toSorted((one, other) => one - other)).toEqual(pictures.map((_, place) => 400 + place));
    expect(await namesOfResults()).toEqual(
      pictures.flatMap(({ name }) => [`${name}.analyze.json`, `${name}.analyze.md`]).toSorted(),
    );
  });
});

async function namesOfResults(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const blob of cloud.container('results').listBlobsFlat()) names.push(blob.name);
  return names.toSorted();
}
