import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainPng, startTestCloud, type TestCloud } from '../support/testCloud.ts';

const SAMPLES = resolve(import.meta.dirname, '..', '..', 'local', 'samples');

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

describe('dropping a file', () => {
  it('ends in one JSON and one Markdown result beside its name, with the words that are in the picture', async () => {
    await cloud.upload('text/letter.png', await readFile(join(SAMPLES, 'text', 'letter.png')));
    const analysis = await cloud.ended('text/letter.png');
    expect(analysis).toMatchObject({ status: 'succeeded', task: 'text' });

    const names: string[] = [];
    for await (const blob of cloud.container('results').listBlobsFlat()) names.push(blob.name);
    expect(names.toSorted()).toEqual(['text/letter.png.text.json', 'text/letter.png.text.md']);

    const json = await cloud.container('results').getBlobClient('text/letter.png.text.json').downloadToBuffer();
    const markdown = await cloud.container('results').getBlobClient('text/letter.png.text.md').downloadToBuffer();
    expect(JSON.parse(json.toString())).toMatchObject({ id: analysis.id, status: 'succeeded' });
    for (const word of ['Harbour', 'lighthouse', 'insurance', 'Lindqvist']) expect(markdown.toString()).toContain(word);
  });

  it('is billed once, however often its event comes', async () => {
    const png = await plainPng(64, 48, '#102030');
    const { etag } = await cloud.upload('thrice.png', png);
    await Promise.all([1, 2, 3].map(() => raiseEvent(cloud, { name: 'thrice.png', etag, bytes: png.byteLength })));
    const analysis = await cloud.ended('thrice.png');
    await raiseEvent(cloud, { name: 'thrice.png', etag, bytes: png.byteLength });
    await cloud.upload('after-thrice.png', await plainPng(64, 48, '#112131'));
    await cloud.ended('after-thrice.png');
    expect(analysis).toMatchObject({ status: 'succeeded', attempts: [{ outcome: 'answered' }] });
    expect(billedCallsOf(cloud, { width: 64, height: 48 })).toBe(2);
  });

  it('follows its metadata, percent-encoded', async () => {
    await cloud.upload('asked.png', await plainPng(70, 50), { task: 'ask', question: 'Ist das%20gr%C3%BCn%3F' });
    expect(await cloud.ended('asked.png')).toMatchObject({ status: 'succeeded', task: 'ask' });
  });

  it('is rejected with every problem when its metadata is wrong, without a model call', async () => {
    await cloud.upload('wrong.png', await plainPng(71, 51), { task: 'colour', model: 'gpt-9' });
    const analysis = await cloud.ended('wrong.png');
    expect(analysis).toMatchObject({ status: 'rejected', error: { code: 'invalid-request' }, attempts: [] });
    expect(analysis.error?.detail).toContain('colour');
    expect(analysis.error?.detail).toContain('gpt-9');
    expect(billedCallsOf(cloud, { width: 71, height: 51 })).toBe(0);
  });

  it('is rejected with a reason when it is no image, whatever its name', async () => {
    await cloud.upload('notes.png', await readFile(join(SAMPLES, 'notes.png')));
    expect(await cloud.ended('notes.png')).toMatchObject({ status: 'rejected', error: { code: 'not-an-image' } });
  });

  it('is analysed again when it is replaced, and the newer version keeps the result', async () => {
    await cloud.upload('replaced.png', await plainPng(80, 60));
    const first = await cloud.ended('replaced.png');
    await cloud.upload('replaced.png', await plainPng(90, 60));
    const second = await waitForOther(cloud, 'replaced.png', first.id);
    expect(second).toMatchObject({ status: 'succeeded', image: { width: 90 } });
    const json = await cloud.container('results').getBlobClient('replaced.png.analyze.json').downloadToBuffer();
    expect(JSON.parse(json.toString())).toMatchObject({ id: second.id });
  });
});

async function waitForOther(on: TestCloud, name: string, id: string): ReturnType<TestCloud['ended']> {
  for (;;) {
    const analysis = await on.ended(name);
    if (analysis.id !== id) return analysis;
  }
}

function billedCallsOf(on: TestCloud, size: { readonly width: number; readonly height: number }): number {
  const charges = on.regions?.charges() ?? [];
  return charges.filter(
    ({ images, billedTokens }) =>
      billedTokens > 0 && images.some(({ width, height }) => width === size.width && height === size.height),
  ).length;
}

/** The event that the storage raised, delivered again. */
async function raiseEvent(
  on: TestCloud,
  blob: { readonly name: string; readonly etag: string; readonly bytes: number },
): Promise<void> {
  const event = {
    id: crypto.randomUUID(),
    topic: '/subscriptions/local',
    subject: `/blobServices/default/containers/images/blobs/${blob.name}`,
    eventType: 'Microsoft.Storage.BlobCreated',
    eventTime: new Date().toISOString(),
    dataVersion: '',
    metadataVersion: '1',
    data: {
      api: 'PutBlob',
      eTag: blob.etag.replaceAll('"', ''),
      contentType: 'image/png',
      contentLength: blob.bytes,
      blobType: 'BlockBlob',
      url: on.container('images').getBlobClient(blob.name).url,
      sequencer: '1',
    },
  };
  const answer = await on.call('/runtime/webhooks/blobs?functionName=Host.Functions.onImageUploaded', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
    body: JSON.stringify([event]),
  });
  expect(answer.status).toBe(202);
}
