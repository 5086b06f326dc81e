import { describe, expect, it } from 'vitest';
import { mostMicroUsd } from '../../shared/modelCalls/budgetedCall.ts';
import { type Plan, planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import { calibrate } from '../../shared/tokens/calibration.ts';
import { costMicroUsd } from '../../shared/tokens/cost.ts';
import { countImageTokens } from '../../shared/tokens/imageTokens.ts';
import { START_MS, seedDeployment } from '../pool/deployments.ts';
import { REQUEST } from '../support/sampleRecords.ts';

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
});
