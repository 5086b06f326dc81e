import type { BlobClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { retryAnalysis } from '../../shared/backlog/retryAnalyses.ts';
import { resultLines } from '../../shared/http/views/resultLines.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { queueBlobs } from '../../shared/pipeline/queueBlobs.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { type AnalysisRecord, errorOf } from '../../shared/records/analysisRecord.ts';
import { analysisView } from '../../shared/records/analysisView.ts';
import { requestDigest } from '../../shared/requests/analysisRequest.ts';
import { readResult } from '../../shared/results/readResult.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { type Refusal, useRefusals } from '../support/refusingBlobs.ts';
import { abandonedRecord, REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const refusing = useRefusals(storage);
const PNG = await drawMarkedAs('png');
const DESCRIBE = { ...REQUEST, task: 'describe' } as const;
const RESULT = 'square.png.describe.json';

const open = (): Promise<Story> => openStory(refusing.storage, () => answerOf());

/** Azurite's blob itself, past the refusals. */
const blobOf = (container: string, name: string) => storage.blobs().getContainerClient(container).getBlobClient(name);

async function placeOf(story: Story, record?: AnalysisRecord): Promise<{ container: string; name: string }> {
  return story.parts.results.placeOf(record ?? (await newestOf(story)));
}

/** Runs the analysis again, as `POST /analyses/{id}/retry` and its message do. */
async function retry(story: Story, { id }: AnalysisRecord): Promise<AnalysisRecord> {
  await retryAnalysis(id, story.parts);
  await resumeAnalysis(id, story.parts);
  const found = await story.parts.analyses.find(id);
  if (!found) throw new Error('The record is gone.');
  return found.record;
}

const writes = (method: string, path: string): boolean => method === 'PUT' && path.includes('.describe.');
const REFUSALS: readonly Refusal[] = [
  { status: 409, code: 'BlobArchived' },
  { status: 409, code: 'BlobImmutableDueToPolicy' },
  { status: 409, code: 'BlobImmutableDueToLegalHold' },
  { status: 409, code: 'BlobUsesCustomerSpecifiedEncryption' },
  { status: 409, code: 'InvalidBlobType' },
  { status: 403, code: 'AuthorizationPermissionMismatch' },
  { status: 404, code: 'ContainerNotFound' },
  // Codes that the app does not know, or expects of other calls.
  { status: 400, code: 'OutOfRangeInput' },
  { status: 413, code: 'RequestBodyTooLarge' },
  { status: 409, code: 'UnauthorizedBlobOverwrite' },
];

describe('a paid answer whose result cannot be written', () => {
  it.each(REFUSALS)('is kept, and written by a retry without a second model call ($code)', async (refusal) => {
    const story = await open();
    refusing.refuse((method, path) => (writes(method, path) ? refusal : undefined));
    await drop(story, 'square.png', PNG);
    const failed = await newestOf(story);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'conflict' }, usage: { totalTokens: 960 } });
    expect(errorOf(failed)?.detail).toContain(refusal.code);
    expect(errorOf(failed)?.detail).toContain(`POST /analyses/${failed.id}/retry writes it to its place`);

    expect(await retry(story, failed)).toMatchObject({ status: 'failed', undelivered: expect.any(String) });

    refusing.refuse(() => undefined);
    await blobOf(story.parts.imagesContainer, 'square.png').delete();
    const done = await retry(story, failed);
    expect(done).toMatchObject({ status: 'succeeded', costMicroUsd: failed.costMicroUsd });
    for (const name of ['error', 'undelivered']) expect(done).not.toHaveProperty(name);
    expect(await story.parts.results.find(done)).toMatchObject({ answer: { title: 'A teal square' } });
    expect(story.asked).toHaveLength(1);
  });

  it('survives a process that ends after the result is written and before its record', async () => {
    const story = await open();
    refusing.refuse((method, path) => (writes(method, path) ? { status: 409, code: 'BlobArchived' } : undefined));
    await drop(story, 'square.png', PNG);
    const failed = await newestOf(story);
    refusing.refuse(() => undefined);
    await retryAnalysis(failed.id, story.parts);
    const { replace } = story.parts.analyses;
    const dying = {
      ...story.parts,
      analyses: {
        ...story.parts.analyses,
        replace: ((stored, record) =>
          record.status === 'succeeded'
            ? Promise.reject(new Error('killed'))
            : replace(stored, record)) satisfies typeof replace as typeof replace,
      },
    };
    await expect(resumeAnalysis(failed.id, dying)).rejects.toThrow('killed');
    story.pass(60_000);
    await resumeAnalysis(failed.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
    expect(story.asked).toHaveLength(1);
  });

  it('is reported to an HTTP caller, and written by a retry although its bytes are gone', async () => {
    const story = await open();
    refusing.refuse((method, path) =>
      method === 'PUT' && path.includes('-http/') ? { status: 403, code: 'AuthorizationFailure' } : undefined,
    );
    const call = { image: { kind: 'bytes', bytes: PNG }, request: DESCRIBE, waitMs: 20_000, isAsync: false } as const;
    await expect(analyzeNow(call, story.parts)).rejects.toMatchObject({ code: 'conflict', status: 409 });
    const failed = await newestOf(story);
    refusing.refuse(() => undefined);
    expect(await retry(story, failed)).toMatchObject({ status: 'succeeded' });
    expect(story.asked).toHaveLength(1);
  });

  it('costs the callers that follow nothing, while the container is missing', async () => {
    const story = await open();
    refusing.refuse((_method, path) =>
      path.includes('-http/') ? { status: 404, code: 'ContainerNotFound' } : undefined,
    );
    const call = { image: { kind: 'bytes', bytes: PNG }, request: DESCRIBE, waitMs: 20_000, isAsync: false } as const;
    for (const code of ['conflict', 'pool-down', 'pool-down']) {
      await expect(analyzeNow(call, story.parts)).rejects.toMatchObject({
        code,
        detail: expect.stringContaining('There is no container'),
      });
    }
    expect(story.asked).toHaveLength(1);
  });
});

describe('a place that is known to be unwritable', () => {
  async function withOlderResult(): Promise<{ story: Story; place: { container: string; name: string } }> {
    const story = await open();
    await drop(story, 'square.png', PNG);
    return { story, place: await placeOf(story) };
  }
  const newer = async (): Promise<Buffer> => await drawMarkedAs('webp');

  it('costs no model call if the older result is archived, and a retry pays after that is fixed', async () => {
    const { story, place } = await withOlderResult();
    await blobOf(place.container, place.name).setAccessTier('Archive');
    await drop(story, 'square.png', await newer());
    const failed = (await story.parts.analyses.list({ status: 'failed', limit: 5 })).records[0];
    expect(failed).toMatchObject({
      error: { code: 'conflict', detail: expect.stringContaining(`${RESULT} cannot be`) },
    });
    expect(story.asked).toHaveLength(1);
    await blobOf(place.container, place.name).setAccessTier('Hot');
    if (failed) expect(await retry(story, failed)).toMatchObject({ status: 'succeeded' });
    expect(story.asked).toHaveLength(2);
  });

  it('costs no model call if a lease on it never ends', async () => {
    const { story, place } = await withOlderResult();
    await blobOf(place.container, place.name).getBlobLeaseClient().acquireLease(-1);
    await drop(story, 'square.png', await newer());
    expect((await story.parts.analyses.list({ status: 'failed', limit: 5 })).records).toHaveLength(1);
    expect(story.asked).toHaveLength(1);
  });

  it('lets the analysis wait, with the reason, if the whole container is refused', async () => {
    const story = await open();
    refusing.refuse((method, path) =>
      method === 'HEAD' && path.endsWith(RESULT) ? { status: 403, code: 'AuthorizationPermissionMismatch' } : undefined,
    );
    await drop(story, 'square.png', PNG);
    const waiting = await newestOf(story);
    expect(waiting).toMatchObject({ status: 'waiting', waitingFor: 'outage', warnings: [{ code: 'storage-refused' }] });
    refusing.refuse(() => undefined);
    story.pass(61_000);
    await resumeAnalysis(waiting.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
    expect(story.asked).toHaveLength(1);
  });

  it('is adopted where it holds the result of this very analysis, whose record says nothing of it', async () => {
    const { story, place } = await withOlderResult();
    const record = await newestOf(story);
    await blobOf(place.container, place.name).setAccessTier('Archive');
    const stored = await story.parts.analyses.find(record.id);
    if (!stored) throw new Error('The record is gone.');
    await story.parts.analyses.replace(stored, abandonedRecord(record));
    await resumeAnalysis(record.id, story.parts);
    const failed = await newestOf(story);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'conflict' } });
    await blobOf(place.container, place.name).setAccessTier('Hot');
    expect(await retry(story, failed)).toMatchObject({ status: 'succeeded', usage: record.usage });
    expect(story.asked).toHaveLength(1);
  });
});

describe('a result whose record was lost', () => {
  it.each([
    ['its own answer', false],
    ['the answer of an earlier analysis', true],
  ])('is adopted with all that belongs to it: %s', async (_what, isReused) => {
    const story = await open();
    const parts = { ...story.parts, isReusing: isReused };
    if (isReused) await drop(story, 'first.png', PNG);
    await story.upload('square.png', PNG);
    const { replace } = parts.analyses;
    const dying: typeof replace = (stored, record) =>
      record.status === 'succeeded' ? Promise.reject(new Error('killed')) : replace(stored, record);
    const place = { container: parts.imagesContainer, name: 'square.png' };
    await expect(
      analyzeUpload(place, { ...parts, analyses: { ...parts.analyses, replace: dying }, answers: lostAnswers(story) }),
    ).rejects.toThrow('killed');
    const { id } = await newestOf(story);
    story.pass(60_000);
    await resumeAnalysis(id, parts);
    const adopted = await newestOf(story);
    expect(adopted).toMatchObject({
      status: 'succeeded',
      image: { width: 64 },
      answerOf: isReused ? expect.any(String) : null,
      contentDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const answeredBy = await parts.answers.find(adopted.contentDigest ?? '', requestDigest(adopted.request));
    expect(answeredBy).toBe(adopted.answerOf ?? adopted.id);
    expect(story.asked).toHaveLength(1);
  });
});

/** The index as a process leaves it that is killed before it enters its answer. */
function lostAnswers({ parts }: Story): Story['parts']['answers'] {
  return { ...parts.answers, keep: async () => undefined };
}

describe('an image that cannot be read', () => {
  it('fails at once with advice if it is archived, and runs again after its rehydration', async () => {
    const story = await open();
    await story.upload('square.png', PNG);
    const blob = blobOf(story.parts.imagesContainer, 'square.png');
    await blob.setAccessTier('Archive');
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'square.png' }, story.parts);
    const failed = await newestOf(story);
    expect(failed).toMatchObject({ status: 'failed', attempts: [], error: { code: 'conflict' } });
    expect(errorOf(failed)?.detail).toMatch(/archive tier\. Set its tier .*\(BlobArchived\)/);
    await blob.setAccessTier('Hot');
    expect(await retry(story, failed)).toMatchObject({ status: 'succeeded' });
    expect(story.asked).toHaveLength(1);
  });

  it("fails with advice if a customer's key hides even its properties, for every caller", async () => {
    const story = await open();
    await story.upload('square.png', PNG);
    const path = `${story.parts.imagesContainer}/square.png`;
    const code = 'BlobUsesCustomerSpecifiedEncryption';
    refusing.refuse((_method, asked) => (asked === path ? { status: 409, code } : undefined));
    expect(await queueBlobs({ isDryRun: false }, story.parts)).toEqual({ matched: 1, queued: 1 });
    const { id } = await newestOf(story);
    await resumeAnalysis(id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error: { detail: expect.stringContaining(code) } });
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'square.png' }, story.parts);
    expect((await story.parts.analyses.list({ limit: 5 })).records).toHaveLength(1);
    expect(story.asked).toHaveLength(0);
  });

  it.each([
    { status: 403, code: 'AuthorizationPermissionMismatch' },
    { status: 409, code: 'PendingCopyOperation' },
  ])('waits where that ends without a new version ($code)', async (refusal) => {
    const story = await open();
    await story.upload('square.png', PNG);
    const path = `${story.parts.imagesContainer}/square.png`;
    refusing.refuse((method, asked) => (method === 'GET' && asked === path ? refusal : undefined));
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'square.png' }, story.parts);
    const waiting = await newestOf(story);
    expect(waiting).toMatchObject({ status: 'waiting', waitingFor: 'outage' });
    expect(analysisView(waiting).warnings).toMatchObject([{ detail: expect.stringContaining(refusal.code) }]);
    story.pass(8 * 24 * 3_600_000);
    await resumeAnalysis(waiting.id, story.parts);
    expect(await newestOf(story)).toMatchObject({
      status: 'failed',
      error: { code: 'conflict', detail: expect.stringContaining('for seven days') },
    });
    expect(story.asked).toHaveLength(0);
  });

  it('is refused to a caller over HTTP with the same sentence', async () => {
    const story = await open();
    await story.upload('square.png', PNG);
    await blobOf(story.parts.imagesContainer, 'square.png').setAccessTier('Archive');
    const image = { kind: 'blob', name: 'square.png' } as const;
    await expect(
      analyzeNow({ image, request: REQUEST, waitMs: 5_000, isAsync: false }, story.parts),
    ).rejects.toMatchObject({ code: 'conflict', detail: expect.stringContaining('(BlobArchived)') });
  });
});

describe('a result that cannot be read', () => {
  const archive = async (blob: BlobClient): Promise<void> => void (await blob.setAccessTier('Archive'));
  const overwrite = async (blob: BlobClient): Promise<void> =>
    void (await blob.getBlockBlobClient().upload('{"id":', 6));

  it.each([
    ['is archived', archive, '(BlobArchived)'],
    ['was overwritten with text that is not JSON', overwrite, 'its content is not JSON'],
  ])('hides neither its record nor the other results, where it %s', async (_, spoil, reason) => {
    const story = await open();
    await drop(story, 'square.png', PNG);
    await drop(story, 'other.png', PNG);
    const { records } = await story.parts.analyses.list({ limit: 5 });
    const archived = records.find(({ source }) => source.kind === 'blob' && source.name === 'square.png');
    if (!archived) throw new Error('The record is gone.');
    const { container, name } = await placeOf(story, archived);
    await spoil(blobOf(container, name));
    expect(await readResult(archived, story.parts.results)).toMatchObject({
      record: {
        id: archived.id,
        warnings: [{ code: 'result-unreadable', detail: expect.stringContaining(reason) }],
      },
    });
    const lines = await Array.fromAsync(resultLines({ format: 'jsonl' }, story.parts));
    const answers = Buffer.concat(lines)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(2);
    expect(answers.find(({ id }) => id === archived.id)).toMatchObject({ warnings: [{ code: 'result-unreadable' }] });
    expect(answers.find(({ id }) => id !== archived.id)).toMatchObject({ answer: { title: 'A teal square' } });
  });
});

describe('POST /analyses', () => {
  it('skips folder markers, and analyses an append blob once for each state it rests in', async () => {
    const story = await open();
    const container = storage.blobs().getContainerClient(story.parts.imagesContainer);
    await container.getBlockBlobClient('scans').upload('', 0, { metadata: { hdi_isfolder: 'true' } });
    const file = container.getAppendBlobClient('scans/a.png');
    await file.create();
    expect(await queueBlobs({ isDryRun: true }, story.parts)).toEqual({ matched: 0, queued: 0 });
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'scans' }, story.parts);
    expect((await story.parts.analyses.list({ limit: 5 })).records).toEqual([]);
    await file.appendBlock(PNG, PNG.length);
    expect(await queueBlobs({ isDryRun: false }, story.parts)).toEqual({ matched: 1, queued: 1 });
    expect(await queueBlobs({ isDryRun: false }, story.parts)).toEqual({ matched: 0, queued: 0 });
    await resumeAnalysis((await newestOf(story)).id, story.parts);
    await file.appendBlock('more', 4);
    expect(await queueBlobs({ isDryRun: false }, story.parts)).toEqual({ matched: 1, queued: 1 });
  });
});
