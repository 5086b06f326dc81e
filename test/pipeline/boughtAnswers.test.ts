import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelAnalyses } from '../../shared/backlog/cancelAnalyses.ts';
import { keepBought } from '../../shared/modelCalls/keepBought.ts';
import { planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import { firstCall } from '../../shared/modelCalls/readReply.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Outcome, Usage } from '../../shared/pool/outcome.ts';
import { type AnalysisRecord, isFinal } from '../../shared/records/analysisRecord.ts';
import { createRecordKeeper } from '../../shared/records/recordKeeper.ts';
import { recordDeadLetter } from '../../shared/upkeep/deadLetters.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { ambiguous, filtered, refused, seedDeployment, throttled } from '../pool/deployments.ts';
import { queuedRecord, REQUEST, runningRecord } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, DESCRIPTION, drop, newestOf, openStory, type Story, USAGE } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');

/** Holds a title and a summary; the rest was cut, or broken. */
const CUT_TEXT = DESCRIPTION.slice(0, 75);
const USABLE: Outcome = { ...answerOf(CUT_TEXT), finish: 'length' } as Outcome;
const SORRY = "I'm sorry, but I can't assist with that.";
const EMPTY: Outcome = {
  kind: 'ambiguous',
  reason: 'no-usable-body',
  status: 200,
  detail: 'The service answered 200 without an answer in it.',
  isAnswer: true,
  usage: USAGE,
};

/** A process that ends before its answer is kept: nothing after it happens. */
const KILLED = new Promise<Outcome>(() => undefined);

async function resultOf(story: Story, record: AnalysisRecord): Promise<unknown> {
  return (await story.parts.results.find(record))?.answer;
}

/** Lets the time pass and takes up what waits, until the analysis is over. */
async function untilOver(story: Story, most = 15): Promise<AnalysisRecord> {
  for (let runs = 0; runs < most; runs++) {
    const record = await newestOf(story);
    if (isFinal(record)) return record;
    story.pass(600_000);
    await resumeAnalysis(record.id, story.parts);
  }
  return await newestOf(story);
}

describe('a paid answer that could be better', () => {
  it.each<[string, Outcome]>([
    ['refused', { ...refused('bad-request', 400) }],
    ['filtered', filtered],
    ['filtered as an answer', { ...filtered, on: 'answer' } as Outcome],
    ['declined in words', answerOf(SORRY)],
    ['declined by the model', { ...answerOf(''), refusal: SORRY } as Outcome],
    ['ambiguous', ambiguous('timeout')],
    ['answered without a word', EMPTY],
    ['answered with nothing to read', answerOf('No.')],
    ['without a token', refused('no-token')],
    ['refused everywhere', refused('unauthorized', 401)],
  ])('is delivered when the next request is %s', async (_, next) => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : next));
    await drop(story, 'square.png', PNG);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'succeeded' });
    for (const name of ['error', 'bought']) expect(record).not.toHaveProperty(name);
    expect(await resultOf(story, record)).toMatchObject({ title: 'A teal square' });
    expect(record.warnings).toContainEqual({ code: 'answer-cut', detail: expect.stringContaining('cut off') });
  });

  it('says what is wrong with it and why it was not repaired', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : filtered));
    await drop(story, 'square.png', PNG);
    expect((await newestOf(story)).warnings[0]).toEqual({
      code: 'answer-cut',
      detail:
        'The answer was cut off at its length limit. It was not repaired by a second model call: ' +
        "The service's content filter stopped the image: violence.",
    });
  });

  it('waits once for quota for its repair, and is delivered when there is none again', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : throttled({ waitMs: 60_000 })));
    await drop(story, 'square.png', PNG);
    expect(await newestOf(story)).toMatchObject({ status: 'waiting', waitingFor: 'quota' });
    const record = await untilOver(story, 1);
    expect(record).toMatchObject({ status: 'succeeded' });
    expect(await resultOf(story, record)).toMatchObject({ title: 'A teal square' });
  });

  it('is delivered at once to a waiting caller when there is no quota for its repair', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : throttled({ waitMs: 60_000 })));
    const request = { ...story.parts.defaults, task: 'describe', detail: 'high', quality: 'balanced' } as const;
    const { task, model, detail, quality } = request;
    const end = await analyzeNow(
      {
        image: { kind: 'bytes', bytes: PNG },
        request: { task, model: model ?? '', detail, quality },
        waitMs: 5_000,
        isAsync: false,
      },
      story.parts,
    );
    expect(end).toMatchObject({ kind: 'done', result: { answer: { title: 'A teal square' } } });
  });

  it('is delivered when the budget has no room for its repair', async () => {
    const story = await openStory(storage, () => USABLE);
    const budget = createTableBudget({
      signal: () => undefined,
      table: await storage.table(),
      limits: { day: 70_000 },
      now: story.parts.now,
      sleep: async () => undefined,
      random: () => 0,
    });
    await drop({ ...story, parts: { ...story.parts, budget } }, 'square.png', PNG);
    expect(story.asked).toHaveLength(1);
    expect(await newestOf(story)).toMatchObject({
      status: 'succeeded',
      warnings: [{ code: 'answer-cut', detail: expect.stringContaining('is left of the daily budget of') }],
    });
  });

  it('is stored in the record before the second model call, so that no kill loses it', async () => {
    const story = await openStory(storage, (asked) => (asked === 2 ? KILLED : USABLE));
    drop(story, 'square.png', PNG).catch(() => undefined);
    await expect.poll(() => story.asked.length, { timeout: 20_000 }).toBe(2);
    const killed = await newestOf(story);
    expect(killed).toMatchObject({ status: 'running', bought: expect.any(String) });
    expect(killed.attempts.map(({ outcome }) => outcome)).toEqual(['unusable', 'sending']);
    await story.parts.images.head({ container: story.parts.imagesContainer, name: 'square.png' });
    const record = await untilOver(story);
    expect(record).toMatchObject({ status: 'succeeded' });
    expect(story.asked.length).toBeLessThanOrEqual(3);
  });

  it('is delivered when the image changed before its repair', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : throttled({ waitMs: 60_000 })));
    await drop(story, 'square.png', PNG);
    const { id } = await newestOf(story);
    await story.upload('square.png', await drawMarkedAs('jpeg'));
    story.pass(600_000);
    await resumeAnalysis(id, story.parts);
    expect((await story.parts.analyses.find(id))?.record).toMatchObject({
      status: 'succeeded',
      warnings: [{ code: 'answer-cut' }],
    });
  });

  it('is what a cancelled analysis ends with', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : throttled({ waitMs: 60_000 })));
    await drop(story, 'square.png', PNG);
    const { id } = await newestOf(story);
    expect(await cancelAnalyses({ kind: 'ids', ids: [id] }, story.parts)).toEqual({ matched: 1, changed: 1 });
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'succeeded' });
    for (const name of ['startsAtMs', 'waitingFor', 'bought']) expect(record).not.toHaveProperty(name);
    expect(await resultOf(story, record)).toMatchObject({ title: 'A teal square' });
    expect(story.signals.map(({ event }) => event)).toContain('analysis.completed');
  });

  it('is delivered when the message of its analysis becomes a dead letter', async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? USABLE : throttled({ waitMs: 60_000 })));
    await drop(story, 'square.png', PNG);
    const { id } = await newestOf(story);
    for (let times = 0; times < 5; times++) {
      story.pass(600_000);
      await recordDeadLetter({ kind: 'analysis', analysisId: id }, story.parts);
    }
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a refusal in words', () => {
  it.each<[string, Outcome]>([
    ['as text', answerOf(SORRY)],
    ['in its own place', { ...answerOf(''), refusal: SORRY } as Outcome],
    ['within the shape', answerOf(JSON.stringify({ title: 'Sorry', summary: SORRY, details: [] }))],
  ])('%s is bought once and rejects the image', async (_, outcome) => {
    const story = await openStory(storage, () => outcome);
    await drop(story, 'square.png', PNG);
    const record = await newestOf(story);
    expect(record).toMatchObject({
      status: 'rejected',
      error: { code: 'content-refused', detail: expect.stringContaining(SORRY) },
      usage: USAGE,
      attempts: [{ outcome: 'unusable', status: 200 }],
    });
    expect(story.asked).toHaveLength(1);
    expect(JSON.stringify(story.signals)).not.toContain('assist');
  });
});

describe('an empty answer', () => {
  it('is requested once more, and both calls are counted', async () => {
    const story = await openStory(storage, () => EMPTY);
    await drop(story, 'square.png', PNG);
    const record = await untilOver(story);
    expect(record).toMatchObject({
      status: 'failed',
      error: { code: 'answer-unusable' },
      usage: { totalTokens: 2 * USAGE.totalTokens },
      attempts: [{ outcome: 'unusable' }, { outcome: 'unusable' }],
    });
    const [first, second] = story.asked;
    expect(story.asked).toHaveLength(2);
    expect(first).not.toBe(second);
  });
});

describe('thinking that fills its cap', () => {
  it('is requested once more with a larger cap, and fails with that reason', async () => {
    const usage: Usage = { ...USAGE, completionTokens: 800, reasoningTokens: 790, totalTokens: 1700 };
    const story = await openStory(storage, () => ({ ...answerOf(''), finish: 'length', usage }) as Outcome);
    await drop(story, 'square.png', PNG);
    expect(await newestOf(story)).toMatchObject({
      status: 'failed',
      error: { code: 'answer-unusable', detail: expect.stringContaining('on thinking and left no whole answer') },
      usage: { totalTokens: 3400 },
    });
    expect(story.asked).toHaveLength(2);
  });
});

describe('an answer without usage', () => {
  it('is counted by an estimate that is marked as one', async () => {
    const story = await openStory(storage, () => ({ ...answerOf(), usage: null }) as Outcome);
    await drop(story, 'square.png', PNG);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'succeeded', warnings: [{ code: 'usage-estimated' }] });
    expect(record.usage?.promptTokens).toBe(record.estimate?.promptTokens);
    expect(record.usage?.completionTokens).toBeGreaterThan(20);
    expect(record.costMicroUsd).toBeGreaterThan(0);
    const entries = await Array.fromAsync(story.parts.usage.between(0, Date.now() + 3_600_000));
    expect(entries).toMatchObject([{ call: 1, promptTokens: record.usage?.promptTokens }]);
  });
});

describe('any sequence of replies', () => {
  const step = fc.constantFrom<[string, Outcome | 'killed']>(
    ['whole', answerOf()],
    ['usable', USABLE],
    ['nothing', answerOf('No.')],
    ['empty', EMPTY],
    ['declined', answerOf(SORRY)],
    ['refused', refused('bad-request', 400)],
    ['filtered', { ...filtered, on: 'answer', usage: USAGE } as Outcome],
    ['throttled', throttled({ waitMs: 1_000 })],
    ['unauthorized', refused('unauthorized', 401)],
    ['ambiguous', { ...ambiguous(), usage: USAGE } as Outcome],
    ['timeout', ambiguous('timeout')],
    ['killed', 'killed'],
  );

  it('ends with the first answer that was usable, counts what was billed, and reads three at most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (steps) => {
        const given: Outcome[] = [];
        const story = await openStory(storage, (asked) => {
          const outcome = steps[asked - 1]?.[1] ?? answerOf('No.');
          if (outcome === 'killed') throw new Error('The process ends here.');
          given.push(outcome);
          return outcome;
        });
        await drop(story, 'square.png', PNG).catch(() => undefined);
        for (let runs = 0; runs < 12 && !isFinal(await newestOf(story)); runs++) {
          story.pass(600_000);
          await resumeAnalysis((await newestOf(story)).id, story.parts).catch(() => undefined);
        }
        const record = await newestOf(story);
        const billed = given.flatMap((outcome) => outcome.usage ?? []);
        const read = given.filter((outcome) => outcome.kind === 'answered' || outcome === EMPTY);
        const isUsable = given.some(
          (outcome) => outcome === USABLE || outcome === steps.find(([name]) => name === 'whole')?.[1],
        );
        expect(isFinal(record)).toBe(true);
        expect(record.status === 'succeeded').toBe(isUsable);
        expect(record.usage?.totalTokens ?? 0).toBe(billed.reduce((sum, usage) => sum + usage.totalTokens, 0));
        expect(read.length).toBeLessThanOrEqual(3);
      }),
      { seed: 20_261_201, numRuns: 60 },
    );
  });
});

describe('a worker that loses its lease', () => {
  it('leaves the answer that it bought to the one that has taken the record', async () => {
    const story = await openStory(storage, async (asked) => {
      if (asked === 1) return USABLE;
      if (asked > 2) return filtered;
      // Another worker takes the record up while the second call is on its way.
      const { record } = (await story.parts.analyses.find((await newestOf(story)).id)) ?? {};
      if (!record) throw new Error('It is there.');
      const stored = await story.parts.analyses.find(record.id);
      if (stored) await story.parts.analyses.replace(stored, runningRecord(record));
      return answerOf('No.');
    });
    await drop(story, 'square.png', PNG);
    const record = await untilOver(story);
    expect(record.status).toBe('succeeded');
    expect(await resultOf(story, record)).toMatchObject({ title: 'A teal square' });
  });
});

describe('a usable answer that is too long for the record', () => {
  it('is delivered at once', async () => {
    const { parts } = await openStory(storage, () => answerOf());
    const words = Array.from({ length: 80_000 }, (_, place) => ((place * 7_919) % 1_000_003).toString(36)).join(' ');
    const request = { ...REQUEST, instructions: 'Read it. '.repeat(43_000) };
    const attempt = { deployment: 'a', region: 'westus', status: 200, outcome: 'unusable', ms: 5 } as const;
    const keeper = createRecordKeeper(
      parts.analyses,
      runningRecord(queuedRecord('long.png'), { request, attempts: [attempt] }),
    );
    const plan = await planAnalysis(
      REQUEST,
      { width: 64, height: 64 },
      { deployment: seedDeployment('westus'), nowMs: parts.now() },
    );
    const asked = firstCall(plan, { request: REQUEST, earlier: [attempt] });
    const checked = { answer: { words }, warnings: [{ code: 'answer-cut', detail: 'Cut.' } as const] };
    const sent = { bytes: Buffer.alloc(0), mediaType: 'image/png', width: 64, height: 64, changed: false } as const;
    const from = { keeper, plan, prepared: async () => ({ ...sent, warnings: [] }) };
    const kept = await keepBought({ ...asked, fallback: checked, findings: ['Cut.'] }, from, parts);
    expect(kept?.paid.answer).toEqual({ words });
    expect(kept?.paid.warnings[0]?.detail).toContain('The answer is too long to be stored');
    expect(keeper.current().bought).toBeUndefined();
  });
});
