import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    storageAccess: 'identity',
    regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })),
  });
});
afterAll(() => cloud?.stop());

describe('storage without a key', () => {
  it('is what the app is started with: addresses over HTTPS, no connection string', () => {
    const text = JSON.stringify(cloud.settings);
    expect(text).not.toContain('AccountKey');
    expect(cloud.settings.IMAGES_STORAGE__blobServiceUri).toMatch(/^https:/);
    expect(cloud.settings.AzureWebJobsStorage__queueServiceUri).toMatch(/^https:/);
    expect(cloud.settings.AzureWebJobsStorage).toBeUndefined();
    expect(cloud.settings.IMAGES_STORAGE).toBeUndefined();
  });

  it('takes an upload all the way to its result with tokens of the managed identity', async () => {
    await cloud.upload('with identity/plain.png', await plainPng(600, 20));
    expect(await cloud.ended('with identity/plain.png')).toMatchObject({ status: 'succeeded' });
    const result = cloud.container('results').getBlobClient('with identity/plain.png.analyze.json');
    expect(JSON.parse((await result.downloadToBuffer()).toString())).toMatchObject({ status: 'succeeded' });
    const resources = new Set(cloud.identity.asked().map(({ resource, status }) => `${resource} ${status}`));
    expect(resources).toEqual(new Set(['https://storage.azure.com 200', 'https://cognitiveservices.azure.com 200']));
  });

  it('answers HTTP calls from what lies there', async () => {
    const answer = await cloud.call('/api/analyze?task=describe', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: await plainPng(601, 20),
    });
    expect(answer.status).toBe(200);
    const { id } = (await answer.json()) as { id: string };
    expect(await (await cloud.call(`/api/analyses/${id}`)).json()).toMatchObject({ id, status: 'succeeded' });
  });
});
