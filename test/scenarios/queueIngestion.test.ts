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

  it.each([
    ['image-events', 'JSON that is not base64', '{"not":"base64"}'],
    ['image-events', 'plain text', 'hello there'],
    ['image-events-poison', 'plain text', 'hello there'],
    ['image-events-poison', 'JSON that is not base64', '{"not":"base64"}'],
    ['analyses-due-poison', 'plain text', 'hello there'],
    ['analyses-due-poison', 'base64 of no JSON', Buffer.from('hello there').toString('base64')],
    ['webjobs-blobtrigger-poison', 'plain text', 'hello there'],
  ])('reads what lies in %s as %s, and drops it with a warning', async (queue, _what, text) => {
    const dropped = (): number =>
      cloud.lines.filter((line) => line.includes(`of the queue ${queue} is dropped: `)).length;
    const before = dropped();
    await cloud.queue(queue).sendMessage(text);
    await expect.poll(() => dropped() - before).toBe(1);
    await expect.poll(() => cloud.queueLength(queue)).toBe(0);
  });

  it.each(['image-events', 'image-events-poison'])(
    'takes an upload from %s, whether its event is base64 or plain JSON',
    async (queue) => {
      for (const encoding of ['base64', 'utf8'] as const) {
        const name = `${queue}-${encoding}.png`;
        await cloud.upload(name, await plainPng(300 + name.length, 20));
        expect((await cloud.ended(name)).status).toBe('succeeded');
        const dropped = cloud.lines.filter((line) => line.includes('is dropped: ')).length;
        const subject = `/blobServices/default/containers/images/blobs/${name}`;
        const event = JSON.stringify({ eventType: 'Microsoft.Storage.BlobCreated', subject, data: {} });
        await cloud.queue(queue).sendMessage(Buffer.from(event).toString(encoding));
        await expect.poll(() => cloud.queueLength(queue)).toBe(0);
        expect((await cloud.ended(name)).status).toBe('succeeded');
        expect(cloud.lines.filter((line) => line.includes('is dropped: '))).toHaveLength(dropped);
      }
    },
  );
});
