import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    ingestion: 'queue',
    // A message that fails is seen again at once, so that the test need not wait for its five deliveries.
    settings: { AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:00' },
    regions: seedRegions().map((region) => ({ ...region, answers: 'fixed' })),
  });
});
afterAll(() => cloud?.stop());

describe('INGESTION=queue', () => {
  it('registers onImageEvent in place of onImageUploaded', () => {
    expect(cloud.host.functions).toContain('onImageEvent');
    expect(cloud.host.functions).not.toContain('onImageUploaded');
  });

  it('analyses what is dropped, whatever its name', async () => {
    const names = ['plain.png', 'the beach/day #1.png', 'Übersicht/café 100%25.png', 'a+b&c=d?.png', 'describe/💎.png'];
    for (const [place, name] of names.entries()) await cloud.upload(name, await plainPng(500 + place, 20));
    const analyses = await Promise.all(names.map((name) => cloud.ended(name)));
    expect(analyses.map(({ status, image }) => [status, image.source])).toEqual(
      names.map((name) => ['succeeded', name]),
    );
    expect(analyses.at(-1)?.task).toBe('describe');
  });

  it('drops a message that is about no image, with a warning, and keeps its queue clean', async () => {
    const queue = cloud.queue('image-events');
    const send = (message: unknown): Promise<unknown> =>
      queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
    const subject = '/blobServices/default/containers/results/blobs/a.png.analyze.json';
    await send({ eventType: 'Microsoft.Storage.BlobDeleted', subject, data: {} });
    await send({ eventType: 'Microsoft.Storage.BlobCreated', subject, data: {} });
    await send('hello');
    const dropped = (): readonly string[] => cloud.lines.filter((line) => line.includes('is dropped: '));
    await expect.poll(() => dropped().length).toBe(3);
    expect(dropped().join('\n')).toContain('it is a Microsoft.Storage.BlobDeleted');
    expect(dropped().join('\n')).toContain('its blob does not lie in the container images');
    await expect.poll(() => cloud.queueLength('image-events')).toBe(0);
  });

  it('leaves a message that the host cannot read in image-events-poison', async () => {
    await cloud.queue('image-events').sendMessage('{"not":"base64"}');
    const poison = cloud.queue('image-events-poison');
    await expect.poll(async () => ((await poison.exists()) ? cloud.queueLength('image-events-poison') : 0)).toBe(1);
  });
});
