import type { BlockBlobClient } from '@azure/storage-blob';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SucceededRecord } from '../../shared/records/analysisRecord.ts';
import { analysisIdOf } from '../../shared/records/analysisSource.ts';
import type { AnalysisResult } from '../../shared/records/analysisView.ts';
import { createResultStore, type ResultStore } from '../../shared/results/resultStore.ts';
import { type Refusal, useRefusals } from '../support/refusingBlobs.ts';
import { abandonedRecord, answeredRecord, droppedFile, NOON_MS } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();
let container: string;
let results: ResultStore;

beforeEach(async () => {
  container = await storage.container();
  await storage.container(`${container}-http`);
  results = createResultStore({ blobs: storage.blobs(), resultsContainer: container });
});

/** A version of a file that was written so many milliseconds after noon. */
function versionOf(name: string, afterNoonMs = 0): SucceededRecord {
  const source = droppedFile(name, NOON_MS + afterNoonMs);
  return answeredRecord({ id: analysisIdOf(source, 'request'), source });
}

const present = async (): Promise<boolean> => true;
const replaced = async (): Promise<boolean> => false;

function resultSaying(text: string): AnalysisResult {
  return { answer: { text }, markdown: `# ${text}\n` };
}

async function contentOf(name: string, within = container): Promise<string> {
  const bytes = await storage.blobs().getContainerClient(within).getBlobClient(name).downloadToBuffer();
  return bytes.toString('utf8');
}

describe('keep', () => {
  it('writes the analysis as JSON and its Markdown beside it', async () => {
    const record = versionOf('valley.jpg');
    expect(await results.keep(record, resultSaying('A valley'), present)).toBe('kept');
    expect(results.placeOf(record)).toEqual({ container, name: 'valley.jpg.text.json' });
    expect(JSON.parse(await contentOf('valley.jpg.text.json'))).toMatchObject({
      id: record.id,
      status: 'succeeded',
      answer: { text: 'A valley' },
    });
    expect(await contentOf('valley.jpg.text.md')).toBe('# A valley\n');
  });

  it.each(['march 2026/o\'Neill "x".png', 'Zürich/高い/🏔 #1?&.png', 'a%20b.png'])('takes the name %s', async (name) => {
    const record = versionOf(name);
    await results.keep(record, resultSaying(name), present);
    expect(await results.find(record)).toEqual(resultSaying(name));
  });

  it('keeps the results of HTTP calls by their id, apart', async () => {
    const record = answeredRecord({ id: 'f'.repeat(32), source: { kind: 'http', requestId: 'r1' } });
    await results.keep(record, resultSaying('x'), present);
    expect(results.placeOf(record)).toEqual({ container: `${container}-http`, name: `${'f'.repeat(32)}.json` });
    expect(await contentOf(`${'f'.repeat(32)}.md`, `${container}-http`)).toBe('# x\n');
  });

  it('lets the result of a newer version replace an older one', async () => {
    const [older, newer] = [versionOf('a.png'), versionOf('a.png', 1_000)];
    await results.keep(older, resultSaying('old'), present);
    expect(await results.keep(newer, resultSaying('new'), present)).toBe('kept');
    expect(await contentOf('a.png.text.md')).toBe('# new\n');
    expect(await results.find(older)).toBeUndefined();
  });

  it('never lets an older version replace a newer one', async () => {
    const [older, newer] = [versionOf('a.png'), versionOf('a.png', 1_000)];
    await results.keep(newer, resultSaying('new'), present);
    expect(await results.keep(older, resultSaying('old'), present)).toBe('superseded');
    expect(await contentOf('a.png.text.md')).toBe('# new\n');
    expect(await results.find(newer)).toEqual(resultSaying('new'));
  });

  it('asks the storage which of two versions of one second is the current one', async () => {
    const [first, second] = [versionOf('a.png'), versionOf('a.png')];
    await results.keep(second, resultSaying('second'), present);
    expect(await results.keep(first, resultSaying('first'), replaced)).toBe('superseded');
    expect(await contentOf('a.png.text.md')).toBe('# second\n');
    expect(await results.keep(first, resultSaying('first'), present)).toBe('kept');
    expect(await contentOf('a.png.text.md')).toBe('# first\n');
  });

  it('keeps the result of a name that leaves no room for the endings', async () => {
    const records = ['a', 'b'].map((end) => versionOf(`${'long/'.repeat(204)}${end}.p`));
    for (const record of records) await results.keep(record, resultSaying(record.id), present);
    for (const record of records) expect(await results.find(record)).toEqual(resultSaying(record.id));
    expect(records.map((record) => results.placeOf(record).name.length)).toEqual([1024, 1024]);
  });

  it('ends with the newest when several versions are kept at once', async () => {
    const versions = [0, 1_000, 2_000, 3_000].map((afterNoonMs) => versionOf('a.png', afterNoonMs));
    await Promise.all(versions.map((record, place) => results.keep(record, resultSaying(`version ${place}`), present)));
    expect(await contentOf('a.png.text.md')).toBe('# version 3\n');
  });

  it('may be repeated by the next worker of the analysis', async () => {
    const record = versionOf('a.png');
    await results.keep(record, resultSaying('once'), present);
    expect(await results.keep(record, resultSaying('again'), present)).toBe('kept');
    expect(await results.find(record)).toEqual(resultSaying('again'));
  });
});

describe('find and findKept', () => {
  it('return nothing for a result that was never stored', async () => {
    expect(await results.find(versionOf('a.png'))).toBeUndefined();
    expect(await results.findKept(versionOf('a.png'))).toBeUndefined();
  });

  it('return the record as its worker left it', async () => {
    const record = versionOf('a.png');
    await results.keep(record, resultSaying('kept'), present);
    const lost = abandonedRecord(record, { usage: null });
    expect(await results.findKept(lost)).toEqual({ record, result: resultSaying('kept') });
  });
});

describe('viewOf', () => {
  const kept = versionOf('a.png');

  async function spoiltBy(change: (text: string) => string): Promise<void> {
    await results.keep(kept, resultSaying('kept'), present);
    const blob = storage.blobs().getContainerClient(container).getBlockBlobClient('a.png.text.json');
    const text = change(await contentOf('a.png.text.json'));
    await blob.upload(text, Buffer.byteLength(text));
  }
  const withAnswer = (answer: unknown) => (text: string) => JSON.stringify({ ...JSON.parse(text), answer });

  it.each([
    ['is cut off', (text: string) => text.slice(0, -10), 'its content is not JSON'],
    ['has a list as its answer', withAnswer(['kept']), 'answer'],
    ['has no answer', withAnswer(null), 'answer'],
    ['has a text as its answer', withAnswer('kept'), 'answer'],
  ])('names a result that %s, and what to do', async (_, change, problem) => {
    await spoiltBy(change);
    const found = results.viewOf(kept, kept.id);
    await expect(found).rejects.toMatchObject({ name: 'StorageRefused', scope: 'blob' });
    await expect(found).rejects.toThrow(`The blob ${container}/a.png.text.json cannot be read: `);
    await expect(found).rejects.toThrow(problem);
    await expect(found).rejects.toThrow(/Restore it, or delete it\.$/);
  });

  it.each([
    ['of another analysis', (text: string) => text.replace(kept.id, 'f'.repeat(32))],
    ['of another program', () => '{"total":1}'],
    ['that is a number', () => '7'],
    ['that is null', () => 'null'],
  ])('finds nothing in a blob %s', async (_, change) => {
    await spoiltBy(change);
    expect(await results.viewOf(kept, kept.id)).toBeUndefined();
  });
});

describe('a result that cannot be written', () => {
  const refusing = useRefusals(storage);
  const JSON_NAME = 'a.png.text.json';
  const older = versionOf('a.png');

  async function olderResult(): Promise<BlockBlobClient> {
    await results.keep(older, resultSaying('older'), async () => true);
    return storage.blobs().getContainerClient(container).getBlockBlobClient(JSON_NAME);
  }

  const keepNewer = (): Promise<unknown> =>
    results.keep(versionOf('a.png', 60_000), resultSaying('newer'), async () => true);

  it('is refused with what to do where the older one is archived, and known before', async () => {
    await (await olderResult()).setAccessTier('Archive');
    const refusal = {
      code: 'conflict',
      scope: 'blob',
      detail: expect.stringMatching(/archive tier.*\(BlobArchived\)/),
    };
    await expect(keepNewer()).rejects.toMatchObject(refusal);
    await expect(results.markOf(versionOf('a.png', 60_000))).rejects.toMatchObject(refusal);
    await expect(results.find(versionOf('a.png'))).rejects.toMatchObject(refusal);
  });

  it('is refused where another client holds a lease that never ends, and known before', async () => {
    await (await olderResult()).getBlobLeaseClient().acquireLease(-1);
    const refusal = { scope: 'blob', detail: expect.stringMatching(/holds a lease.*\(LeaseIdMissing\)/) };
    await expect(keepNewer()).rejects.toMatchObject(refusal);
    await expect(results.markOf(versionOf('a.png', 60_000))).rejects.toMatchObject(refusal);
  });

  it('is not refused beforehand for a lease that ends within a minute', async () => {
    await (await olderResult()).getBlobLeaseClient().acquireLease(15);
    expect(await results.markOf(versionOf('a.png', 60_000))).toMatchObject({ analysisid: older.id });
  });

  it('is known before where an append blob has its name', async () => {
    await storage.blobs().getContainerClient(container).getAppendBlobClient(JSON_NAME).create();
    await expect(results.markOf(versionOf('a.png'))).rejects.toMatchObject({
      detail: expect.stringMatching(/append or page blob.*\(InvalidBlobType\)/),
    });
  });

  it('is refused for the whole container where that is missing, and doubtful from then on', async () => {
    const nowhere = createResultStore({ blobs: storage.blobs(), resultsContainer: 'nowhere' });
    const record = versionOf('a.png');
    expect(nowhere.isDoubtful(record)).toBe(false);
    const refusal = { scope: 'container', detail: expect.stringContaining('There is no container nowhere') };
    await expect(nowhere.keep(record, resultSaying('x'), async () => true)).rejects.toMatchObject(refusal);
    expect(nowhere.isDoubtful(record)).toBe(true);
    await expect(nowhere.markOf(record)).rejects.toMatchObject(refusal);
  });

  it('is no longer doubtful once a result could be written again', async () => {
    results = createResultStore({ blobs: refusing.storage.blobs(), resultsContainer: container });
    refusing.refuse((method) =>
      method === 'PUT' ? { status: 403, code: 'AuthorizationPermissionMismatch' } : undefined,
    );
    await expect(keepNewer()).rejects.toMatchObject({ scope: 'container' });
    expect(results.isDoubtful(older)).toBe(true);
    refusing.refuse(() => undefined);
    await keepNewer();
    expect(results.isDoubtful(older)).toBe(false);
  });

  it('says nothing of the container where one blob is refused', async () => {
    await (await olderResult()).setAccessTier('Archive');
    await expect(keepNewer()).rejects.toMatchObject({ scope: 'blob' });
    expect(results.isDoubtful(older)).toBe(false);
  });

  it.each<[Refusal, scope: string]>([
    [{ status: 409, code: 'BlobImmutableDueToPolicy' }, 'blob'],
    [{ status: 409, code: 'BlobImmutableDueToLegalHold' }, 'blob'],
    [{ status: 409, code: 'BlobUsesCustomerSpecifiedEncryption' }, 'blob'],
    [{ status: 403, code: 'AuthorizationPermissionMismatch' }, 'container'],
  ])('is refused with what to do for $code', async (refusal, scope) => {
    await olderResult();
    results = createResultStore({ blobs: refusing.storage.blobs(), resultsContainer: container });
    refusing.refuse((method, path) => (method === 'PUT' && path.endsWith('.json') ? refusal : undefined));
    await expect(keepNewer()).rejects.toMatchObject({ scope, detail: expect.stringContaining(refusal.code) });
    expect(await contentOf(JSON_NAME)).toContain('older');
  });

  it('is no loss where the blob holds the result of this very analysis', async () => {
    await (await olderResult()).setAccessTier('Archive');
    const md = storage.blobs().getContainerClient(container).getBlobClient('a.png.text.md');
    await md.setAccessTier('Archive');
    expect(await results.keep(older, resultSaying('again'), async () => true)).toBe('kept');
  });

  it('is no loss where the blob holds the result of a newer version', async () => {
    await keepNewer();
    const blob = storage.blobs().getContainerClient(container).getBlockBlobClient(JSON_NAME);
    await blob.setAccessTier('Archive');
    expect(await results.keep(versionOf('a.png'), resultSaying('older'), async () => true)).toBe('superseded');
  });
});
