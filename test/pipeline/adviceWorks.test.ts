import type { HttpResponseInit } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { retryAnalysis } from '../../shared/backlog/retryAnalyses.ts';
import { AppError, ERROR_CODES, type ErrorCode, ImageRejected } from '../../shared/errors.ts';
import { guarded } from '../../shared/http/answering.ts';
import { readAnalyzeCall } from '../../shared/http/calls/readAnalyzeCall.ts';
import { ImageUnreachable } from '../../shared/http/fetch/imageHost.ts';
import { createTableBudget } from '../../shared/money/tableBudget.ts';
import { analyzeNow } from '../../shared/pipeline/analyzeNow.ts';
import type { NowCall, NowEnd } from '../../shared/pipeline/nowCall.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { analysisOfError } from '../../shared/records/aboutAnalysis.ts';
import { errorOf } from '../../shared/records/analysisRecord.ts';
import { bytesCall, configOfTest, contextOf, requestOf } from '../http/calls.ts';
import { filtered, refused, throttled } from '../pool/deployments.ts';
import { numberedPdf } from '../support/documents.ts';
import { REQUEST } from '../support/sampleRecords.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, finish, newestOf, openStory, type Story } from '../support/story.ts';
import { plainPng } from '../support/testCloud.ts';

/** What docs/http.md advises for each code, done: the caller gets its answer. */

const storage = useStorage();
const PNG = await plainPng(40, 30);
const BYTES = { kind: 'bytes', bytes: PNG } as const;

const call = (more: Partial<NowCall> = {}): NowCall => ({
  image: BYTES,
  request: { ...REQUEST, task: 'describe' },
  waitMs: 20_000,
  isAsync: false,
  idempotencyKey: `key-${Math.random()}`,
  ...more,
});

/** A story whose model gives these outcomes first, and good answers after them. */
async function storyOf(...first: readonly (Outcome | Error)[]): Promise<Story> {
  return await openStory(storage, (asked) => {
    const outcome = first[asked - 1] ?? answerOf();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
}

async function refusalOf(ending: Promise<unknown>): Promise<AppError> {
  const error = await ending.then(() => undefined).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error(`It was not refused: ${String(error)}.`);
  return error;
}

const isDone = (end: NowEnd): void => expect(end).toMatchObject({ kind: 'done', record: { status: 'succeeded' } });

/** The image is mended, and comes with a key of its own. */
async function mendImage(code: ErrorCode): Promise<ErrorCode> {
  const story = await storyOf();
  const bad = call({ image: { kind: 'url', url: 'https://example.com/a.png' } });
  const parts = { ...story.parts, fetchImage: () => Promise.reject(new ImageRejected(code as 'too-large', 'Bad.')) };
  const told = await refusalOf(analyzeNow(bad, parts));
  isDone(await analyzeNow(call(), parts));
  return told.code;
}

/** Another task, with a key of its own; or the same again: a retry, and the image with the same key. */
async function askOtherwise(outcome: Outcome): Promise<ErrorCode> {
  const story = await storyOf(...Array<Outcome>(12).fill(outcome));
  const bad = call();
  const told = await refusalOf(analyzeNow(bad, story.parts));
  const { id } = await newestOf(story);
  const asked = story.asked.length;
  const again = await refusalOf(analyzeNow(bad, story.parts));
  expect(again).toMatchObject({ code: told.code, detail: expect.stringContaining(`POST /analyses/${id}/retry`) });
  expect(analysisOfError(again)).toEqual(analysisOfError(told));
  expect(story.asked).toHaveLength(asked);
  const answering = {
    ...story.parts,
    vision: { ask: async () => ({ outcome: answerOf(), tookMs: 5, sentAtMs: 0, requestId: null }) },
  };
  expect(await refusalOf(retryAnalysis(id, answering))).toMatchObject({ code: 'bytes-gone' });
  const run = await analyzeNow(bad, answering);
  isDone(run);
  expect(run.record.id).toBe(id);
  expect(await analyzeNow(bad, answering)).toEqual(run);
  isDone(await analyzeNow(call({ request: { ...REQUEST, task: 'describe', detail: 'low' } }), answering));
  return told.code;
}

/** The same call with the same key, after the time that was told. */
async function comeBack(...first: readonly Outcome[]): Promise<ErrorCode> {
  const story = await storyOf(...first);
  const same = call({ waitMs: 1_000 });
  const told = await refusalOf(analyzeNow(same, story.parts));
  expect(analysisOfError(told)).toBeUndefined();
  story.pass((told as AppError & { retryAfterMs: number }).retryAfterMs);
  isDone(await analyzeNow({ ...same, waitMs: 20_000 }, story.parts));
  return told.code;
}

/** The image stays refused; another one, with a key of its own, is answered. */
async function askAnother(outcome: Outcome): Promise<ErrorCode> {
  const story = await storyOf(outcome);
  const bad = call();
  const told = await refusalOf(analyzeNow(bad, story.parts));
  expect(await refusalOf(analyzeNow(bad, story.parts))).toMatchObject({ code: told.code });
  isDone(await analyzeNow(call({ image: { kind: 'bytes', bytes: await plainPng(42, 32) } }), story.parts));
  return told.code;
}

async function poor(dayMicroUsd: number): Promise<{ story: Story; raise: (dayMicroUsd: number) => Story['parts'] }> {
  const story = await storyOf();
  const table = await storage.table();
  const { now, sleep } = story.parts;
  const raise = (day: number): Story['parts'] => ({
    ...story.parts,
    budget: createTableBudget({ signal: () => undefined, table, limits: { day }, now, sleep, random: () => 0 }),
  });
  return { story: { ...story, parts: raise(dayMicroUsd) }, raise };
}

const ADVICE: Readonly<Record<string, () => Promise<string>>> = {
  'invalid-request': async () => {
    const config = configOfTest();
    const told = await refusalOf(readAnalyzeCall(bytesCall(PNG, '?task=guess'), config));
    const mended = await readAnalyzeCall(bytesCall(PNG, '?task=describe'), config);
    isDone(await analyzeNow({ ...mended, request: { ...REQUEST, task: 'describe' } }, (await storyOf()).parts));
    return told.code;
  },
  'budget-reached': async () => {
    const { story, raise } = await poor(10_000);
    const same = call();
    const told = await refusalOf(analyzeNow(same, story.parts));
    isDone(await analyzeNow(same, raise(1_000_000)));
    return told.code;
  },
  'signed-out': async () => {
    const settings = {
      kind: 'valid',
      config: configOfTest({ HTTP_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' }),
    } as const;
    const { handler } = guarded(settings, async () => ({ status: 200 }));
    const answer = (await handler(requestOf(), contextOf().context)) as HttpResponseInit;
    const signedIn = requestOf({ headers: { 'x-ms-client-principal': 'e30=' } });
    expect(await handler(signedIn, contextOf().context)).toMatchObject({ status: 200 });
    return JSON.parse(String(answer.body)).code;
  },
  'not-found': async () => {
    const story = await storyOf();
    const same = call({ image: { kind: 'blob', name: 'late.png' } });
    const told = await refusalOf(analyzeNow(same, story.parts));
    await story.upload('late.png', PNG);
    isDone(await analyzeNow(same, story.parts));
    return told.code;
  },
  conflict: async () => {
    const story = await storyOf();
    const first = call();
    isDone(await analyzeNow(first, story.parts));
    const other = { ...first, image: { kind: 'bytes', bytes: await plainPng(41, 31) } } as const;
    const told = await refusalOf(analyzeNow(other, story.parts));
    isDone(await analyzeNow({ ...other, idempotencyKey: 'another' }, story.parts));
    return told.code;
  },
  'bytes-gone': async () => {
    const story = await openStory(storage, (asked) => (asked === 1 ? new Promise(() => undefined) : answerOf()));
    const same = call();
    const dying = { ...story.parts, repeat: () => () => undefined, sleep: () => new Promise<void>(() => undefined) };
    void analyzeNow(same, dying);
    await expect.poll(() => story.asked.length).toBe(1);
    story.pass(31_000);
    await resumeAnalysis((await newestOf(story)).id, story.parts);
    const code = errorOf(await newestOf(story))?.code;
    isDone(await analyzeNow(same, story.parts));
    return String(code);
  },
  'no-slot-in-time': () => comeBack(...Array<Outcome>(4).fill(throttled({ waitMs: 30_000 }))),
  'pool-down': () => comeBack(...Array<Outcome>(4).fill(refused('unreachable'))),
  internal: async () => {
    const story = await storyOf(new Error('a fault of ours'));
    const same = call();
    await expect(analyzeNow(same, story.parts)).rejects.toThrow('a fault of ours');
    const { id } = await newestOf(story);
    story.pass(31_000);
    expect(await analyzeNow({ ...same, waitMs: 0 }, story.parts)).toMatchObject({ kind: 'accepted', record: { id } });
    await resumeAnalysis(id, story.parts);
    isDone(await analyzeNow(same, story.parts));
    return 'internal';
  },
  'answer-unusable': () => askOtherwise(answerOf('no JSON at all')),
  'pages-failed': async () => {
    const story = await storyOf(answerOf(), ...Array<Outcome>(2).fill(answerOf('no JSON at all')));
    const same = call({ image: { kind: 'bytes', bytes: await numberedPdf(2) }, waitMs: 0 });
    expect(await analyzeNow(same, story.parts)).toMatchObject({ kind: 'accepted' });
    const { id } = await finish(story);
    const told = await refusalOf(analyzeNow(same, story.parts));
    await retryAnalysis(id, story.parts);
    await finish(story);
    isDone(await analyzeNow(same, story.parts));
    expect(story.asked).toHaveLength(4);
    return told.code;
  },
  'service-refused': () => askOtherwise(refused('bad-request', 400)),
  'settings-wrong': async () => {
    const { handler } = guarded({ kind: 'wrong', problems: [{ path: 'X', message: 'is wrong.' }] }, async () => ({}));
    const answer = (await handler(requestOf(), contextOf().context)) as HttpResponseInit;
    const mended = guarded({ kind: 'valid', config: configOfTest() }, async () => ({ status: 200 }));
    expect(await mended.handler(requestOf(), contextOf().context)).toMatchObject({ status: 200 });
    return JSON.parse(String(answer.body)).code;
  },
  'content-refused': () => askAnother(answerOf("I'm sorry, but I can't assist with that.")),
  'image-unreachable': async () => {
    const story = await storyOf();
    const same = call({ image: { kind: 'url', url: 'https://example.com/a.png' } });
    const busy = new ImageUnreachable('The host is busy.', { retryAfterMs: 6_500, isTimeout: false });
    const told = await refusalOf(analyzeNow(same, { ...story.parts, fetchImage: () => Promise.reject(busy) }));
    isDone(await analyzeNow(same, { ...story.parts, fetchImage: () => Promise.resolve(PNG) }));
    return told.code;
  },
  'content-filtered': () => askAnother(filtered),
};
const IMAGE_CODES = [
  'too-large',
  'not-an-image',
  'unsupported-format',
  'broken-image',
  'too-many-pages',
  'too-many-pixels',
  'exceeds-quota',
  'exceeds-max-usd',
  'unsafe-url',
] as const;

describe('the advice of each error', () => {
  it.each(Object.keys(ADVICE))(
    'works: %s',
    async (code) => {
      expect(await ADVICE[code]?.()).toBe(code);
    },
    60_000,
  );

  it.each(IMAGE_CODES)('works: %s', async (code) => {
    expect(await mendImage(code)).toBe(code);
  });

  it('is tried for every code', () => {
    const tried = [...Object.keys(ADVICE), ...IMAGE_CODES];
    expect(ERROR_CODES.filter((code) => !tried.includes(code))).toEqual([]);
  });
});
