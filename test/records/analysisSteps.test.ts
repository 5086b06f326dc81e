import { describe, expect, it } from 'vitest';
import { AnswerFailed, ImageRejected, InvalidRequest } from '../../shared/errors.ts';
import type { AnalysisRecord, RunningRecord } from '../../shared/records/analysisRecord.ts';
import {
  acquireLease,
  cancelled,
  endedBy,
  lastAttemptUnusable,
  newAnalysis,
  postponed,
  sending,
  sent,
  succeeded,
  waitingForQuota,
  withResentMessage,
} from '../../shared/records/analysisSteps.ts';
import { droppedFile, NOON_MS, queuedRecord, REQUEST, recordWith } from '../support/sampleRecords.ts';

const TERMS = { holder: 'a', nowMs: NOON_MS + 1_000, leaseMs: 180_000 };
const WEST_US = { deployment: 'gpt-4-vision-preview-westus', region: 'westus' };

function leased(record: AnalysisRecord, terms = TERMS): RunningRecord {
  const step = acquireLease(record, terms);
  if (step.kind !== 'acquired') throw new Error(`The record is ${step.kind}.`);
  return step.record;
}

describe('newAnalysis', () => {
  it('has the same id for the same version and request, in whatever order its parts come', () => {
    const source = droppedFile('valley.jpg');
    const { task, ...rest } = REQUEST;
    expect(newAnalysis(source, { ...rest, task }, 1).id).toBe(newAnalysis(source, REQUEST, 2).id);
    expect(newAnalysis(source, REQUEST, 1).id).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['another version', { source: { etag: '"0x2"' } }],
    ['another name', { source: { name: 'valley2.jpg' } }],
    ['another question', { request: { question: 'How many?' } }],
    ['another detail', { request: { detail: 'low' as const } }],
  ])('has another id for %s', (_, { source = {}, request = {} }: { source?: object; request?: object }) => {
    const file = droppedFile('valley.jpg');
    const first = newAnalysis(file, REQUEST, 1);
    expect(newAnalysis({ ...file, ...source }, { ...REQUEST, ...request }, 1).id).not.toBe(first.id);
  });
});

describe('acquireLease', () => {
  it('takes a queued analysis up, with a lease and how long it was queued', () => {
    expect(acquireLease(queuedRecord('valley.jpg'), TERMS)).toMatchObject({
      kind: 'acquired',
      record: {
        status: 'running',
        lease: { holder: 'a', untilMs: NOON_MS + 181_000 },
        timing: { queuedMs: 1_000 },
      },
    });
  });

  it('takes a waiting one up without counting its wait as queued', () => {
    const running = leased(queuedRecord('valley.jpg'));
    const waiting = postponed(running, { waitingFor: 'outage' }, { startsAtMs: NOON_MS + 60_000, nowMs: NOON_MS });
    expect(waiting).toMatchObject({ status: 'waiting', waitingFor: 'outage', outageSinceMs: NOON_MS });
    expect(waiting).not.toHaveProperty('lease');
    const again = leased(waiting, { ...TERMS, nowMs: NOON_MS + 60_000 });
    expect(again).toMatchObject({ status: 'running', timing: { queuedMs: 1_000 } });
    for (const name of ['waitingFor', 'startsAtMs']) expect(again).not.toHaveProperty(name);
  });

  it.each(['b', 'a'])('leaves it to the worker whose lease still runs, when %s asks', (holder) => {
    const running = leased(queuedRecord('valley.jpg'));
    const untilMs = NOON_MS + 181_000;
    expect(acquireLease(running, { ...TERMS, holder, nowMs: untilMs - 1 })).toEqual({ kind: 'held', untilMs });
    expect(acquireLease(running, { ...TERMS, holder, nowMs: untilMs }).kind).toBe('acquired');
  });

  it.each(['succeeded', 'rejected', 'failed', 'cancelled'] as const)('leaves what has %s', (status) => {
    const record = recordWith(status);
    expect(acquireLease(record, TERMS)).toEqual({ kind: 'final', record });
  });

  it('marks a request that was on its way when its holder vanished as ambiguous', () => {
    const running = leased(queuedRecord('valley.jpg'));
    const onItsWay = sending(running, WEST_US, { holder: 'a', untilMs: NOON_MS + 2_000 });
    const [attempt] = leased(onItsWay, { ...TERMS, nowMs: NOON_MS + 3_000 }).attempts;
    expect(attempt).toEqual({ ...WEST_US, status: null, outcome: 'ambiguous', ms: 0 });
  });

  it('leaves the outcomes of earlier requests, and counts a holder that vanished', () => {
    const running = leased(queuedRecord('valley.jpg'));
    const throttled = { ...WEST_US, status: 429, outcome: 'throttled', ms: 40 } as const;
    const late = { ...TERMS, nowMs: NOON_MS + 200_000 };
    const taken = leased({ ...running, attempts: [throttled], takeovers: 2 }, late);
    expect(taken).toMatchObject({ attempts: [throttled], takeovers: 3, timing: { queuedMs: 1_000 } });
    const waiting = postponed(taken, { waitingFor: 'quota' }, { startsAtMs: NOON_MS, nowMs: NOON_MS });
    expect(leased(waiting, late).takeovers).toBe(3);
  });

  it('hands on what the worker before it has bought, and nothing that it has not', () => {
    const running = leased(queuedRecord('valley.jpg'));
    const carried = { bought: 'packed', outageSinceMs: NOON_MS, undelivered: 'packed too' };
    const late = { ...TERMS, nowMs: NOON_MS + 200_000 };
    expect(leased({ ...running, ...carried }, late)).toMatchObject(carried);
    for (const name of Object.keys(carried)) expect(leased(running, late)).not.toHaveProperty(name);
  });
});

describe('postponed and waitingForQuota', () => {
  const running = leased(queuedRecord('valley.jpg'));
  const at = { startsAtMs: NOON_MS + 60_000, nowMs: NOON_MS + 5_000 };

  it('keep a paid answer, and have none without', () => {
    const waiting = postponed({ ...running, bought: 'packed' }, { waitingFor: 'budget', needsMicroUsd: 5 }, at);
    expect(waiting).toMatchObject({
      startsAtMs: at.startsAtMs,
      waitingFor: 'budget',
      needsMicroUsd: 5,
      bought: 'packed',
    });
    const sooner = waitingForQuota(waiting, NOON_MS);
    expect(sooner).toMatchObject({ startsAtMs: NOON_MS, waitingFor: 'quota', bought: 'packed' });
    expect(sooner).not.toHaveProperty('needsMicroUsd');
    for (const name of ['bought', 'resent']) {
      expect(waitingForQuota(postponed(running, { waitingFor: 'quota' }, at), NOON_MS)).not.toHaveProperty(name);
    }
  });

  it('know when an outage began', () => {
    expect(postponed(running, { waitingFor: 'outage' }, at)).toMatchObject({ outageSinceMs: at.nowMs });
    const earlier = { ...running, outageSinceMs: NOON_MS };
    expect(postponed(earlier, { waitingFor: 'outage' }, at)).toMatchObject({ outageSinceMs: NOON_MS });
    expect(postponed(earlier, { waitingFor: 'quota' }, at)).not.toHaveProperty('outageSinceMs');
  });

  it('keep how often the message was sent again', () => {
    const waiting = postponed(running, { waitingFor: 'quota' }, at);
    const resent = withResentMessage(withResentMessage(waiting, NOON_MS, true), NOON_MS + 1);
    expect(waitingForQuota(resent, NOON_MS).resent).toEqual({ count: 2, atMs: NOON_MS + 1, deadLetters: 1 });
  });
});

describe('lastAttemptUnusable', () => {
  it('changes the last of several attempts alone, and nothing where there is none', () => {
    const attempt = { ...WEST_US, status: 200, outcome: 'answered', ms: 900 } as const;
    const running = { ...leased(queuedRecord('valley.jpg')), attempts: [attempt, attempt, attempt] };
    const outcomes = lastAttemptUnusable(running).attempts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['answered', 'answered', 'unusable']);
    const none = leased(queuedRecord('valley.jpg'));
    expect(lastAttemptUnusable(none)).toBe(none);
  });
});

describe('sending and sent', () => {
  it('announce a request before it leaves and say what became of it', () => {
    const lease = { holder: 'a', untilMs: NOON_MS + 200_000 };
    const onItsWay = sending(leased(queuedRecord('valley.jpg')), WEST_US, lease);
    expect(onItsWay).toMatchObject({ lease, attempts: [{ ...WEST_US, outcome: 'sending' }] });
    const throttled = sent(onItsWay, { outcome: 'throttled', status: 429, ms: 40 });
    const again = sent(sending(throttled, WEST_US, lease), { outcome: 'answered', status: 200, ms: 900 });
    expect(again.attempts.map(({ outcome, status, ms }) => [outcome, status, ms])).toEqual([
      ['throttled', 429, 40],
      ['answered', 200, 900],
    ]);
    expect(again.timing.modelMs).toBe(940);
    expect(lastAttemptUnusable(again).attempts.map(({ outcome }) => outcome)).toEqual(['throttled', 'unusable']);
  });
});

describe('the end', () => {
  const running = leased(queuedRecord('valley.jpg'));

  it('is good, with the times that add up to the whole', () => {
    const asked = sent(sending(running, WEST_US, { holder: 'a', untilMs: 0 }), {
      outcome: 'answered',
      status: 200,
      ms: 700,
    });
    const done = succeeded(asked, [{ code: 'a', detail: 'b' }], NOON_MS + 2_500);
    expect(done).not.toHaveProperty('lease');
    expect(done).toMatchObject({
      status: 'succeeded',
      completedAtMs: NOON_MS + 2_500,
      warnings: [{ code: 'a', detail: 'b' }],
      timing: { queuedMs: 1_000, waitedMs: 800, modelMs: 700, totalMs: 2_500 },
    });
  });

  it.each([
    [new ImageRejected('broken-image', 'It is cut off.'), 'rejected'],
    [new InvalidRequest([{ path: 'task', message: 'There is no task guess.' }]), 'rejected'],
    [new AnswerFailed('answer-unusable', 'No JSON came.'), 'failed'],
  ])('is %s: %s', (error, status) => {
    const ended = endedBy(running, error, NOON_MS);
    expect(ended).not.toHaveProperty('lease');
    expect(ended).toMatchObject({
      status,
      error: { code: error.code, detail: error.detail },
    });
    expect(ended.error).not.toHaveProperty('category');
  });

  it("names the content filter's category", () => {
    const filtered = new ImageRejected('content-filtered', 'A filter stopped it.', { category: 'violence' });
    expect(endedBy(running, filtered, NOON_MS).error).toEqual({
      code: 'content-filtered',
      detail: 'A filter stopped it.',
      category: 'violence',
    });
  });

  it('keeps an answer that could not be written, unless the image is at fault', () => {
    const undelivered = { ...running, undelivered: 'packed' };
    const failed = new AnswerFailed('answer-unusable', 'No JSON came.');
    expect(endedBy(undelivered, failed, NOON_MS)).toMatchObject({ undelivered: 'packed' });
    expect(endedBy(running, failed, NOON_MS)).not.toHaveProperty('undelivered');
    const broken = new ImageRejected('broken-image', 'It is cut off.');
    expect(endedBy(undelivered, broken, NOON_MS)).not.toHaveProperty('undelivered');
    const queued = { ...queuedRecord('valley.jpg'), undelivered: 'packed' };
    expect(cancelled(queued, NOON_MS)).toMatchObject({ status: 'cancelled', undelivered: 'packed' });
    expect(cancelled(queuedRecord('valley.jpg'), NOON_MS)).not.toHaveProperty('undelivered');
  });
});
