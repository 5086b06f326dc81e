import { describe, expect, it } from 'vitest';
import { estimatedUsage, estimatedWarning } from '../../shared/modelCalls/estimatedUsage.ts';
import { planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { ambiguous, filtered, refused, START_MS, seedDeployment, throttled } from '../pool/deployments.ts';
import { REQUEST } from '../support/sampleRecords.ts';

const plan = await planAnalysis(
  REQUEST,
  { width: 640, height: 480 },
  { deployment: seedDeployment('westus'), nowMs: START_MS },
);
const asked = { plan, prompt: { ...plan.prompt, textTokens: plan.prompt.textTokens + 50 }, maxOutputTokens: 800 };
const answer = (text: string, more: Partial<Extract<Outcome, { kind: 'answered' }>> = {}): Outcome => {
  return { kind: 'answered', text, finish: 'stop', usage: null, hints: {}, ...more };
};

describe('estimatedUsage', () => {
  it('is the plan with the words that this call has more, and the words of its answer', async () => {
    const promptTokens = plan.promptTokens + 50;
    expect(await estimatedUsage(answer('hello world'), asked)).toEqual({
      ...{ promptTokens, imageTokens: null, cachedTokens: 0, completionTokens: 2, reasoningTokens: 0 },
      totalTokens: promptTokens + 2,
    });
  });

  it.each<readonly [string, Outcome, number]>([
    ['the words of a refusal as well', answer('hello', { refusal: ' world' }), 2],
    ['the cap of an answer that was cut', answer('hello', { finish: 'length' }), 800],
    ['the cap at most', answer('hello world '.repeat(1_000)), 800],
    [
      'the usual length of an answer that a filter kept back',
      { ...filtered, on: 'answer' } as Outcome,
      plan.prompt.expectedOutputTokens,
    ],
  ])('counts %s', async (_what, outcome, completionTokens) => {
    expect(await estimatedUsage(outcome, asked)).toMatchObject({ completionTokens });
  });

  it('counts no more of an answer that a filter kept back than its cap', async () => {
    const capped = { ...asked, maxOutputTokens: 20 };
    expect(await estimatedUsage({ ...filtered, on: 'answer' } as Outcome, capped)).toMatchObject({
      completionTokens: 20,
    });
  });

  it.each<readonly [string, Outcome]>([
    ['an image that a filter refused', filtered],
    ['a 429', throttled()],
    ['a refusal', refused('unauthorized', 401)],
    ['a call that broke off', ambiguous()],
  ])('is nothing for %s', async (_what, outcome) => {
    expect(await estimatedUsage(outcome, asked)).toBeNull();
  });
});

describe('estimatedWarning', () => {
  it('says which deployment named no usage, and what is counted instead', async () => {
    const usage = await estimatedUsage(answer('', { finish: 'length' }), { ...asked, maxOutputTokens: 1_800 });
    if (!usage) throw new Error('Nothing was estimated.');
    expect(estimatedWarning('westus', { ...usage, promptTokens: 12_345 })).toEqual({
      code: 'usage-estimated',
      detail:
        'westus reported no usage for an answer. Tokens and cost are estimates of Argus: ' +
        '12,345 prompt tokens and 1,800 completion tokens.',
    });
  });
});
