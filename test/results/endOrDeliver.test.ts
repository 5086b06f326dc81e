import { beforeEach, describe, expect, it } from 'vitest';
import { AnswerFailed } from '../../shared/errors.ts';
import { analysisIdOf } from '../../shared/records/analysisSource.ts';
import { withBought } from '../../shared/results/boughtAnswer.ts';
import { endOrDeliver } from '../../shared/results/endOrDeliver.ts';
import { createResultStore, type ResultStore } from '../../shared/results/resultStore.ts';
import { createImageStore } from '../../shared/storage/imageStore.ts';
import { StorageRefused } from '../../shared/storage/storageRefused.ts';
import { answeredRecord, droppedFile, NOON_MS, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';

const storage = useStorage();
let results: ResultStore;

beforeEach(async () => {
  results = createResultStore({ blobs: storage.blobs(), resultsContainer: await storage.container() });
});

const source = droppedFile('a.png');
const done = answeredRecord({ id: analysisIdOf(source, 'request'), source });
const RESULT = { answer: { text: 'A valley' }, markdown: '# A valley\n' };
const error = new AnswerFailed('answer-unusable', 'No JSON came.');
const attempt = (outcome: 'answered' | 'ambiguous') =>
  [{ deployment: 'west', region: 'westus', status: null, outcome, ms: 900 }] as const;
const running = (outcome: 'answered' | 'ambiguous') => runningRecord(done, { attempts: attempt(outcome) });

function partsWith(found: Partial<ResultStore> = {}) {
  const images = createImageStore({ blobs: storage.blobs() });
  return { images, results: { ...results, ...found }, now: () => NOON_MS + 2_000 };
}

describe('endOrDeliver', () => {
  it('ends an analysis with its error', async () => {
    const end = await endOrDeliver(running('answered'), error, partsWith());
    expect(end).toMatchObject({ record: { status: 'failed', error: { code: 'answer-unusable' } }, error });
    expect(end).not.toHaveProperty('result');
  });

  it('delivers the result that another worker may have left', async () => {
    await results.keep(done, RESULT, async () => true);
    expect(await endOrDeliver(running('ambiguous'), error, partsWith())).toEqual({ record: done, result: RESULT });
  });

  it('looks for none where no model call of another worker may have been answered', async () => {
    const findKept = () => Promise.reject(new Error('It was looked for.'));
    expect(await endOrDeliver(running('answered'), error, partsWith({ findKept }))).toMatchObject({ error });
  });

  it('ends with its error where that result cannot be read, and not where reading it is at fault', async () => {
    const refused = () => Promise.reject(new StorageRefused('blob', 'It is archived.'));
    expect(await endOrDeliver(running('ambiguous'), error, partsWith({ findKept: refused }))).toMatchObject({ error });
    const broken = () => Promise.reject(new TypeError('A fault of ours.'));
    await expect(endOrDeliver(running('ambiguous'), error, partsWith({ findKept: broken }))).rejects.toThrow(TypeError);
  });

  it('delivers a paid answer with the error as the reason why it was not repaired', async () => {
    const bought = {
      checked: { answer: { language: 'en', blocks: [], plain: '' }, warnings: [] },
      imageWarnings: [],
      findings: ['A part is missing.'],
      isRepaired: false,
      maxOutputTokens: 800,
      hasWaited: false,
    };
    const record = withBought(running('answered'), bought);
    const detail = 'A part is missing. It was not repaired by a second model call: No JSON came.';
    const end = await endOrDeliver(record, error, partsWith());
    expect(end).toMatchObject({
      record: { status: 'succeeded', warnings: expect.arrayContaining([{ code: 'answer-not-mended', detail }]) },
      result: { answer: bought.checked.answer },
    });
    expect(end.result?.markdown).toMatch(/^# Text: a\.png\n\n\[a\.png\]\(<http:.*\/images\/a\.png>\)/);
    expect(end).not.toHaveProperty('error');
  });
});
