import { describe, expect, it } from 'vitest';
import { mostMicroUsd, spentMicroUsd } from '../../shared/modelCalls/budgetedCall.ts';
import { type Plan, planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { calibrate } from '../../shared/tokens/calibration.ts';
import { costMicroUsd } from '../../shared/tokens/cost.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { ambiguous, answered, refused, START_MS, seedDeployment, throttled } from '../pool/deployments.ts';
import { answeredRecord, REQUEST } from '../support/sampleRecords.ts';

const SIZE = { width: 2048, height: 2048 };
const deployment = seedDeployment('eastus2', {
  model: 'gpt-4.1-nano@2025-04-14',
  countsAs: 'gpt-4.1-nano@2025-04-14',
  sku: 'GlobalStandard',
});

/** What is set aside for the first call of a plan. */
function setAside(plan: Plan): number {
  const { maxOutputTokens, prompt } = plan;
  return mostMicroUsd({ plan, deployment, textTokens: prompt.textTokens, maxOutputTokens, atMs: START_MS });
}

/** What the same call costs when the image is billed as so many tokens, and the answer reaches its cap. */
function billOf({ model, prompt, maxOutputTokens: completionTokens }: Plan, imageTokens: number): number {
  const usage = { promptTokens: imageTokens + prompt.textTokens, cachedTokens: 0, completionTokens };
  return costMicroUsd(model, usage, { sku: deployment.sku, region: deployment.region, atMs: START_MS }) ?? 0;
}

describe('mostMicroUsd', () => {
  it('is enough for an image that is billed by the highest count that a source gives', async () => {
    const plan = await planAnalysis(REQUEST, SIZE, { deployment, nowMs: START_MS });
    const counted = countImageTokens(plan.model, plan.target, plan.detail);
    const [low, high] = counted.kind === 'counted' ? counted.range : [0, 0];
    expect(high).toBeGreaterThan(2 * low);
    expect(setAside(plan)).toBeGreaterThanOrEqual(billOf(plan, high));
  });

  it('is enough for an image that is billed as answers have taught, though no source says so', async () => {
    const plan = await planAnalysis(REQUEST, SIZE, { deployment, nowMs: START_MS });
    const { mostImageTokens, imageTokens } = plan;
    let calibration = calibrate(undefined, { estimatedTokens: 1, billedTokens: 4 }, START_MS);
    for (let answers = 0; answers < 100; answers++) {
      calibration = calibrate(calibration, { estimatedTokens: 1, billedTokens: 4 }, START_MS);
    }
    const taught = await planAnalysis(REQUEST, SIZE, { deployment, calibration, nowMs: START_MS });
    expect(taught.mostImageTokens).toBe(Math.round(imageTokens * (calibration?.factor ?? 1)));
    expect(taught.mostImageTokens).toBeGreaterThan(mostImageTokens);
    expect(setAside(taught)).toBeGreaterThan(billOf(taught, taught.mostImageTokens));
  });

  it('is the image at its upper end, the text and a tenth, 16 tokens of frame and a full answer', async () => {
    const westus = seedDeployment('westus');
    const plan = {
      ...(await planAnalysis(REQUEST, SIZE, { deployment: westus, nowMs: START_MS })),
      mostImageTokens: 765,
    };
    const call = { plan, deployment: westus, textTokens: 305, maxOutputTokens: 800, atMs: START_MS };
    // 10 USD a million prompt tokens, 30 USD a million of the answer.
    expect(mostMicroUsd(call)).toBe((765 + 336 + 16) * 10 + 800 * 30);
    expect(mostMicroUsd({ ...call, deployment: { ...westus, isPriced: false } })).toBe(0);
  });
});

describe('spentMicroUsd', () => {
  const { usage } = answeredRecord();
  const filtered = (on: 'image' | 'answer'): Outcome => ({
    kind: 'filtered',
    on,
    category: 'violence',
    usage: null,
    hints: {},
  });
  it.each<readonly [string, Outcome, number]>([
    ['what an answer says that it used', { ...answered(), usage } as Outcome, 7],
    ['what a call used that broke off after its usage', { ...ambiguous(), usage } as Outcome, 7],
    ['what a filtered answer says that it used', { ...filtered('answer'), usage } as Outcome, 7],
    ['nothing for a 429', throttled(), 0],
    ['nothing for a refusal', refused('unauthorized', 401), 0],
    ['nothing for an image that a filter refused', filtered('image'), 0],
    ['the most for an answer that a filter refused', filtered('answer'), 500],
    ['the most where nobody can tell', ambiguous(), 500],
    ['the most for an answer without its usage', answered(), 500],
  ])('is %s', (_what, outcome, spent) => {
    expect(spentMicroUsd(outcome, 500, () => 7)).toBe(spent);
  });

  it('is nothing where no price is known', () => {
    expect(spentMicroUsd({ ...answered(), usage } as Outcome, 500, () => null)).toBe(0);
  });
});
