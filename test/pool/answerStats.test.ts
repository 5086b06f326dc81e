import { describe, expect, it } from 'vitest';
import { type AnswersByKind, afterAnswer, afterRelease, noAnswers, withKind } from '../../shared/pool/answerStats.ts';
import { withRisk } from '../../shared/pool/capMoney.ts';
import type { BookedAnswer } from '../../shared/pool/ledger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { answered, filtered, START_MS, throttled } from './deployments.ts';

const BOOKED: BookedAnswer = { kind: 'text', look: 70_000, capTokens: 200, outputWeight: 3, isLowered: true };
const usage = { promptTokens: 1_000, imageTokens: null, cachedTokens: 0, reasoningTokens: 0, totalTokens: 0 };
const answerOf = (completionTokens: number, finish: 'stop' | 'length' = 'stop'): Outcome => ({
  ...answered(),
  ...({ finish, usage: { ...usage, completionTokens } } as const),
  kind: 'answered',
  text: '{}',
  hints: {},
});
const onTheWay: AnswersByKind = { text: { lengths: [], money: withRisk(noAnswers.money, 1_600, START_MS) } };
const learned = (outcome: Outcome, answer: BookedAnswer = BOOKED, before = onTheWay) =>
  afterAnswer(before, { answer, admissionTokens: 1_200 }, outcome);

describe('afterAnswer', () => {
  it('knows the length of a whole answer, and what was paid for it', () => {
    expect(learned(answerOf(150)).text).toEqual({
      lengths: [{ look: 70_000, tokens: 150, wasCut: false }],
      money: { spent: 1_450, wasted: 0, atRisk: [] },
    });
  });

  it('counts as wasted what a lowered cap has cut, and as paid what the task’s cap has', () => {
    expect(learned(answerOf(200, 'length')).text?.money).toEqual({ spent: 0, wasted: 1_600, atRisk: [] });
    const atTaskCap = { ...BOOKED, isLowered: false };
    expect(learned(answerOf(800, 'length'), atTaskCap, {}).text?.money).toMatchObject({ spent: 3_400, wasted: 0 });
  });

  it('counts as wasted what a lowered cap has cut where the service names no usage', () => {
    const cut: Outcome = { kind: 'answered', text: '{', finish: 'length', usage: null, hints: {} };
    expect(learned(cut).text).toEqual({
      lengths: [{ look: 70_000, tokens: 200, wasCut: true }],
      money: { spent: 0, wasted: 1_600, atRisk: [] },
    });
    expect(learned(cut, { ...BOOKED, isLowered: false }, {})).toEqual({});
  });

  it('puts the whole answer in the place of the cut one that it was bought for again', () => {
    const cut = learned(answerOf(200, 'length'));
    const again = learned(answerOf(640), { ...BOOKED, capTokens: 4_096, isLowered: false }, cut);
    expect(again.text?.lengths).toEqual([{ look: 70_000, tokens: 640, wasCut: false }]);
  });

  it.each([
    ['a refusal', throttled()],
    ['a filter that was not billed', filtered],
    ['an answer whose tokens the service does not count', answered()],
  ])('learns nothing from %s, and takes it off what is at risk', (_, outcome) => {
    expect(learned(outcome).text).toEqual(noAnswers);
  });

  it('counts the money of what was no answer, and learns no length from it', () => {
    const declined = learned(answerOf(12), { ...BOOKED, isNoLesson: true }).text;
    expect(declined).toEqual({ lengths: [], money: { spent: 1_036, wasted: 0, atRisk: [] } });
  });

  it('learns nothing of a caller’s own cap', () => {
    const told = afterAnswer(onTheWay, { admissionTokens: 1_200 }, answerOf(99));
    expect(told).toBe(onTheWay);
  });
});

describe('afterRelease', () => {
  it('takes a call that was not sent off what is at risk', () => {
    expect(afterRelease(onTheWay, BOOKED).text).toEqual(noAnswers);
    expect(afterRelease(onTheWay, { ...BOOKED, isLowered: false })).toBe(onTheWay);
  });
});

describe('withKind', () => {
  const lengths = (count: number) => Array.from({ length: count }, () => ({ look: 1, tokens: 100, wasCut: false }));

  it('keeps 200 lengths of a kind, 1,000 of all, and 32 kinds: those heard of last', () => {
    let answers: AnswersByKind = {};
    for (let kind = 0; kind < 40; kind += 1) {
      for (let count = 0; count < 220; count += 1) {
        const answer = { ...BOOKED, kind: `kind ${kind}`, isLowered: false };
        answers = afterAnswer(answers, { answer, admissionTokens: 1_200 }, answerOf(count));
      }
    }
    const kept = Object.entries(answers);
    expect(kept).toHaveLength(32);
    expect(kept.at(-1)?.[0]).toBe('kind 39');
    expect(Math.max(...kept.map(([, stats]) => stats.lengths.length))).toBeLessThanOrEqual(200);
    expect(kept.reduce((sum, [, stats]) => sum + stats.lengths.length, 0)).toBe(1_000);
  });

  it('takes the oldest lengths of the most numerous kind', () => {
    const before = { a: { ...noAnswers, lengths: lengths(500) }, b: { ...noAnswers, lengths: lengths(400) } };
    const bounded = withKind(before, 'c', { ...noAnswers, lengths: lengths(200) });
    expect(Object.values(bounded).map((stats) => stats.lengths.length)).toEqual([400, 400, 200]);
  });
});
