import { describe, expect, it } from 'vitest';
import type { AnalysisRequest } from '../../shared/analyses/analysisRequest.ts';
import { type Plan, planAnalysis } from '../../shared/analyses/planAnalysis.ts';
import { createCalibrations } from '../../shared/tokens/calibrations.ts';
import type { ImageSize } from '../../shared/tokens/imageSize.ts';
import { START_MS, seedDeployment } from '../pool/deployments.ts';
import { REQUEST } from './sampleRecords.ts';

const A4_AT_300_DPI = { width: 2480, height: 3508 };

async function plan(
  size: ImageSize,
  asked: Partial<AnalysisRequest> = {},
  context: Partial<Parameters<typeof planAnalysis>[2]> = {},
): Promise<Plan> {
  return planAnalysis({ ...REQUEST, ...asked }, size, {
    deployment: seedDeployment('westus'),
    nowMs: START_MS,
    ...context,
  });
}

const newer = (model: string) =>
  seedDeployment('eastus2', { model, countsAs: model, sku: 'GlobalStandard', tokensPerMinute: 100_000 });

describe('planAnalysis', () => {
  it('plans text, frame and image, and books the whole output cap', async () => {
    const { promptTokens, admissionTokens, prompt, maxOutputTokens, imageTokens } = await plan({
      width: 513,
      height: 513,
    });
    expect(imageTokens).toBe(765);
    expect(promptTokens).toBe(765 + prompt.textTokens);
    expect(admissionTokens).toBe(promptTokens + maxOutputTokens);
  });

  it('says what the chosen size saves', async () => {
    expect(await plan({ width: 513, height: 513 }, { quality: 'balanced' })).toMatchObject({
      target: { width: 512, height: 512 },
      savedTokens: 510,
    });
    expect(await plan({ width: 513, height: 513 })).toMatchObject({ savedTokens: 0 });
  });

  it('corrects the estimate by what answers taught, and leaves what the service charges at the door alone', async () => {
    const calibrations = createCalibrations();
    const bill = {
      usage: { promptTokens: 0, imageTokens: 1148 },
      estimatedTokens: 765,
      textTokens: 0,
      schemaTokens: 0,
    };
    for (let answers = 0; answers < 200; answers++) calibrations.learn('westus', bill, START_MS);
    const before = await plan({ width: 513, height: 513 });
    const after = await plan({ width: 513, height: 513 }, {}, { calibration: calibrations.of(['westus']) });
    expect(after.promptTokens - before.promptTokens).toBeGreaterThan(300);
    expect(after.estimatedMicroUsd).toBeGreaterThan(before.estimatedMicroUsd ?? 0);
    expect(after.admissionTokens).toBe(before.admissionTokens);
  });

  it('leaves room for the thinking of a model that always thinks, unless the caller sets the cap', async () => {
    const thinking = { deployment: newer('o3@2025-04-16') };
    const quick = { deployment: newer('gpt-5.4@2026-03-05') };
    const { maxOutputTokens } = await plan({ width: 100, height: 100 }, {}, quick);
    expect(await plan({ width: 100, height: 100 }, {}, thinking)).toMatchObject({
      maxOutputTokens: maxOutputTokens + 1200,
    });
    const capped = await plan({ width: 100, height: 100 }, { maxOutputTokens: 64 }, thinking);
    expect(capped.maxOutputTokens).toBe(64);
  });

  it('knows no price of a model that another one stands in for', async () => {
    const llava = seedDeployment('local', { model: 'llava@1', countsAs: 'gpt-4o@2024-11-20', isPriced: false });
    expect(await plan({ width: 513, height: 513 }, {}, { deployment: llava })).toMatchObject({
      imageTokens: 765,
      estimatedMicroUsd: null,
    });
  });

  it.each([
    ['text', 'gpt-4@vision-preview', true],
    ['tables', 'gpt-4@vision-preview', true],
    ['describe', 'gpt-4@vision-preview', false],
    ['text', 'gpt-5.4@2026-03-05', false],
  ] as const)('for %s of an A4 scan on %s warns of unreadable text: %s', async (task, model, isWarned) => {
    const deployment = model.startsWith('gpt-4@') ? seedDeployment('westus') : newer(model);
    const { warnings } = await plan(A4_AT_300_DPI, { task }, { deployment });
    expect(warnings.map(({ code }) => code)).toEqual(isWarned ? ['text-may-be-unreadable'] : []);
  });

  it('warns of what detail low loses, on every model', async () => {
    const { warnings } = await plan(A4_AT_300_DPI, { detail: 'low' });
    expect(warnings).toEqual([{ code: 'text-may-be-unreadable', detail: expect.stringContaining('362 x 512') }]);
  });
});
