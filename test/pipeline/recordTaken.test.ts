import { describe, expect, it } from 'vitest';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { queueVersion } from '../../shared/pipeline/queueBlobs.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import type { AnalysisRecord } from '../../shared/records/analysisRecord.ts';
import { RecordTaken, unlessTaken } from '../../shared/records/recordKeeper.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { filtered, throttled } from '../pool/deployments.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');

/** A story in which another worker takes the record up while the model is asked. */
async function takenStory(outcome: Outcome): Promise<Story> {
  const story: Story = await openStory(storage, async () => {
    const stored = await story.parts.analyses.find((await newestOf(story)).id);
    const lease = { holder: 'another', untilMs: story.parts.now() + 30_000 };
    if (stored) await story.parts.analyses.replace(stored, { ...stored.record, lease });
    return outcome;
  });
  await story.upload('square.png', PNG);
  return story;
}

async function expectLeftToOther(story: Story): Promise<void> {
  const record: AnalysisRecord = await newestOf(story);
  expect(record).toMatchObject({ status: 'running', lease: { holder: 'another' } });
  expect(story.signals.map(({ event }) => event)).not.toContain('analysis.failed');
  expect(story.signals.map(({ event }) => event)).not.toContain('analysis.rejected');
}

const OUTCOMES: readonly (readonly [string, Outcome])[] = [
  ['an answer', answerOf()],
  ['a refusal of the image', filtered],
  ['no room for it', throttled({ waitMs: 600_000 })],
];

describe('work on a record that another worker has taken', () => {
  it.each(OUTCOMES)('is left to it without an error after %s: an upload', async (_what, outcome) => {
    const story = await takenStory(outcome);
    await analyzeUpload({ container: story.parts.imagesContainer, name: 'square.png' }, story.parts);
    await expectLeftToOther(story);
  });

  it.each(OUTCOMES)('is left to it without an error after %s: work that waited', async (_what, outcome) => {
    const story = await takenStory(outcome);
    const version = await story.parts.images.head({ container: story.parts.imagesContainer, name: 'square.png' });
    if (!version) throw new Error('The blob is not there.');
    await queueVersion(version, { isDryRun: false }, story.parts);
    await resumeAnalysis((await newestOf(story)).id, story.parts);
    await expectLeftToOther(story);
  });
});

describe('unlessTaken', () => {
  it('gives what the steps give, and nothing where the record was taken', async () => {
    expect(await unlessTaken(async () => 3)).toBe(3);
    expect(await unlessTaken(() => Promise.reject(new RecordTaken('taken')))).toBeUndefined();
  });

  it('throws every other error', async () => {
    await expect(unlessTaken(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
