import { beforeEach, describe, expect, it } from 'vitest';
import { resultLines } from '../../shared/http/views/resultLines.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import type { NowEnd } from '../../shared/pipeline/nowCall.ts';
import { queueBlobs } from '../../shared/pipeline/queueBlobs.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { type AnalysisRequest, requestDigest } from '../../shared/requests/analysisRequest.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { seedDeployment } from '../pool/deployments.ts';
import { abandonedRecord, REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');
const DESCRIBE = { ...REQUEST, task: 'describe', quality: 'balanced' } as const;
let story: Story;

/** An answer to any of the tasks, which tells which call of the model it is of. */
function numbered(asked: number): Outcome {
  const described = { title: `Answer ${asked}`, summary: 'A square.', details: ['It is teal.'] };
  const answered = { answer: `Answer ${asked}`, evidence: ['The square.'], answered: 'yes' };
  return answerOf(JSON.stringify({ ...described, ...answered }));
}

beforeEach(async () => {
  story = await openStory(storage, numbered);
});

async function askedOf(name: string, request: AnalysisRequest): Promise<NowEnd> {
  const image = { kind: 'blob', name } as const;
  return await analyzeNow({ image, request, waitMs: 20_000, isAsync: false }, story.parts);
}

const question = (text: string): AnalysisRequest => ({ ...DESCRIBE, task: 'ask', question: text });

async function resultNames(): Promise<readonly string[]> {
  const { container } = story.parts.results.placeOf(await newestOf(story));
  const names: string[] = [];
  for await (const { name } of storage.blobs().getContainerClient(container).listBlobsFlat()) names.push(name);
  return names.filter((name) => name.endsWith('.json')).toSorted();
}

async function streamed(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const lines of resultLines({ format: 'jsonl' }, story.parts)) {
    for (const line of Buffer.from(lines).toString().trim().split('\n')) ids.push(JSON.parse(line).id);
  }
  return ids;
}

describe('the results of one image', () => {
  it('are kept for every request about it, and returned again at no cost', async () => {
    await story.upload('scan.png', PNG);
    const [colour, corners] = [question('Which colour?'), question('How many corners?')];
    const first = [await askedOf('scan.png', colour), await askedOf('scan.png', corners)];
    const again = [await askedOf('scan.png', colour), await askedOf('scan.png', corners)];
    expect(again).toEqual(first);
    expect(again.map((end) => end.kind === 'done' && end.result)).toEqual([
      expect.objectContaining({ answer: expect.objectContaining({ answer: 'Answer 1' }) }),
      expect.objectContaining({ answer: expect.objectContaining({ answer: 'Answer 2' }) }),
    ]);
    expect(await resultNames()).toEqual(
      [colour, corners].map((each) => `scan.png.ask.${requestDigest(each)}.json`).toSorted(),
    );
    expect((await streamed()).toSorted()).toEqual(first.map(({ record }) => record.id).toSorted());
    expect(story.asked).toHaveLength(2);
  });

  it("have the plain name for the file's own request, whatever was requested before and after", async () => {
    await story.upload('scan.png', PNG);
    const closer = { ...DESCRIBE, detail: 'low' } as const;
    const { record } = await askedOf('scan.png', closer);
    await drop(story, 'scan.png', PNG);
    await askedOf('scan.png', { ...DESCRIBE, quality: 'full' });
    const place = { container: story.parts.imagesContainer, name: 'scan.png' };
    await Promise.all([analyzeUpload(place, story.parts), analyzeUpload(place, story.parts)]);
    expect(await resultNames()).toContain('scan.png.describe.json');
    expect(record.isAside).toBe(true);
    expect(story.asked).toHaveLength(3);
    expect((await askedOf('scan.png', DESCRIBE)).record.isAside).toBeUndefined();
    expect(story.asked).toHaveLength(3);
  });

  it('have the plain name of a task that is requested without more options', async () => {
    await story.upload('scan.png', PNG);
    await queueBlobs({ isDryRun: false, task: 'describe' }, story.parts);
    await queueBlobs({ isDryRun: false, task: 'insights' }, story.parts);
    const { records } = await story.parts.analyses.list({ limit: 5 });
    expect(records.map((record) => story.parts.results.placeOf(record).name).toSorted()).toEqual([
      'scan.png.describe.json',
      'scan.png.insights.json',
    ]);
  });

  it('are not replaced by those of another model', async () => {
    const other = seedDeployment('swedencentral', { name: 'other', model: 'gpt-4o@2024-11-20' });
    const deployments = [...story.parts.deployments, other];
    story = { ...story, parts: { ...story.parts, deployments, defaults: { ...story.parts.defaults, deployments } } };
    await drop(story, 'scan.png', PNG);
    await queueBlobs({ isDryRun: false, model: 'gpt-4o' }, story.parts);
    const [queued, uploaded] = (await story.parts.analyses.list({ limit: 5 })).records;
    expect(queued && story.parts.results.placeOf(queued).name).toMatch(/^scan\.png\.describe\.[0-9a-f]{16}\.json$/);
    expect(uploaded && (await story.parts.results.find(uploaded))).toBeDefined();
  });

  it('are kept when the defaults of the installation change, under the names that they have', async () => {
    await drop(story, 'scan.png', PNG);
    const before = await newestOf(story);
    const defaults = { ...story.parts.defaults, language: 'de' };
    const changed = { ...story.parts, defaults };
    await queueBlobs({ isDryRun: false }, changed);
    const { id } = await newestOf(story);
    await resumeAnalysis(id, changed);
    const after = await newestOf(story);
    expect(after).toMatchObject({ status: 'succeeded', isAside: true });
    expect([await story.parts.results.find(before), await story.parts.results.find(after)]).toEqual([
      expect.objectContaining({ answer: expect.objectContaining({ title: 'Answer 1' }) }),
      expect.objectContaining({ answer: expect.objectContaining({ title: 'Answer 2' }) }),
    ]);
  });

  it('are found by the next worker of another request, and kept when only metadata were set', async () => {
    await story.upload('scan.png', PNG);
    const asked = question('Which colour?');
    const { record } = await askedOf('scan.png', asked);
    const stored = await story.parts.analyses.find(record.id);
    if (!stored) throw new Error('There is no record.');
    await story.parts.analyses.replace(stored, abandonedRecord(record));
    await resumeAnalysis(record.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ id: record.id, status: 'succeeded', isAside: true });
    const blob = storage.blobs().getContainerClient(story.parts.imagesContainer).getBlobClient('scan.png');
    await blob.setMetadata({ owner: 'somebody' });
    expect(await askedOf('scan.png', asked)).toMatchObject({ record: { answerOf: record.id, costMicroUsd: 0 } });
    expect(story.asked).toHaveLength(1);
  });
});
