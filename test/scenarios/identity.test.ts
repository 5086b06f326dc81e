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

describe('the log of the app', () => {
  it('holds no image, question, answer or token, also when calls fail and files are refused', async () => {
    const [region] = cloud.regions?.all ?? [];
    region?.setFaults({ standing: { kind: 'server-error' } });
    const image = await plainPng(602, 20, '#135724');
    const query = `task=ask&question=${encodeURIComponent('Where is the treasure of the pirates?')}`;
    const answer = await cloud.call(`/api/analyze?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', prefer: 'wait=60' },
      body: image,
    });
    expect(answer.status).toBe(200);
    const { answer: said } = (await answer.json()) as { answer: { answer: string } };
    region?.setFaults({});
    await cloud.upload('asked.png', image, { task: 'ask', question: 'Where%20is%20the%20treasure%3F' });
    await cloud.upload('wrong.png', image, { task: 'guess', question: 'Where%20is%20the%20treasure%3F' });
    expect((await cloud.ended('asked.png')).status).toBe('succeeded');
    expect((await cloud.ended('wrong.png')).status).toBe('rejected');
    const log = cloud.lines.join('\n');
    for (const event of ['analysis.completed', 'analysis.rejected']) expect(log).toContain(event);
    for (const secret of ['treasure', said.answer, image.toString('base64').slice(0, 60)]) {
      expect(log).not.toContain(secret);
    }
    // Tokens of access begin so, for they are JSON in base64.
    expect(log).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}/);
  });
});
