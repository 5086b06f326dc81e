import { describe, expect, it } from 'vitest';
import { type Plan, planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import type { AnalysisRequest } from '../../shared/requests/analysisRequest.ts';
import { TASK_NAMES } from '../../shared/tasks/taskRequest.ts';
import { createCalibrations } from '../../shared/tokens/calibrations.ts';
import type { ImageSize } from '../../shared/tokens/imageSize.ts';
import { START_MS, seedDeployment } from '../pool/deployments.ts';
import { REQUEST } from '../support/sampleRecords.ts';

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

  const LONG_SCREENSHOT = { width: 1080, height: 12_000 };
  const PANORAMA = { width: 16_000, height: 200 };
  const STRIP = { width: 20_000, height: 10 };
  const PHOTO = { width: 4000, height: 3000 };

  it.each([
    ['text', 'gpt-4@vision-preview', A4_AT_300_DPI, true],
    ['tables', 'gpt-4@vision-preview', A4_AT_300_DPI, true],
    ['describe', 'gpt-4@vision-preview', A4_AT_300_DPI, false],
    ['text', 'gpt-5.4@2026-03-05', A4_AT_300_DPI, false],
    ['text', 'gpt-4@vision-preview', { width: 1240, height: 1754 }, true],
    ...TASK_NAMES.flatMap((task) => [
      [task, 'gpt-4@vision-preview', LONG_SCREENSHOT, true] as const,
      [task, 'gpt-5.4@2026-03-05', LONG_SCREENSHOT, true] as const,
      [task, 'gpt-4@vision-preview', PANORAMA, true] as const,
      [task, 'gpt-4@vision-preview', STRIP, true] as const,
      [task, 'gpt-4@vision-preview', { width: 1024, height: 768 }, false] as const,
    ]),
    ['analyze', 'gpt-4@vision-preview', PHOTO, false],
    ['describe', 'gpt-4@vision-preview', PHOTO, false],
  ] as const)('for %s on %s of %j warns of illegible print: %s', async (task, model, size, isWarned) => {
    const deployment = model.startsWith('gpt-4@') ? seedDeployment('westus') : newer(model);
    const { warnings } = await plan(size, { task }, { deployment });
    expect(warnings.map(({ code }) => code)).toEqual(isWarned ? ['illegible-reduction'] : []);
  });

  it('says what is lost, the size that would do, and what the image costs in parts', async () => {
    const { warnings } = await plan(LONG_SCREENSHOT);
    expect(warnings).toEqual([
      {
        code: 'illegible-reduction',
        detail:
          'The model sees the image at 184 x 2,048 pixels, 5.9 times smaller than it is: letters of less than 53 pixels ' +
          'have less than 9 there and may be read wrong or not at all. This is by the sizes alone; what stands on the ' +
          'image is not known. It is legible when it is seen at 636 x 7,059 pixels. With "parts": "auto" it is sent as ' +
          '4 parts of 1,080 x 3,193 pixels (4 down), overlapping by 257 pixels, each sent at 693 x 2,048: 5,780 image ' +
          'tokens ($0.05780) instead of 765 image tokens ($0.00765).',
      },
    ]);
  });

  it('warns of what detail low loses, on every model', async () => {
    const { warnings } = await plan(A4_AT_300_DPI, { detail: 'low' });
    expect(warnings).toEqual([{ code: 'illegible-reduction', detail: expect.stringContaining('362 x 512') }]);
  });

  it('advises the cheapest options that keep the image whole and legible, before parts that cost more', async () => {
    const receipt = { width: 1000, height: 3000 };
    const { warnings } = await plan(receipt, { task: 'text', quality: 'economy' });
    expect(warnings).toEqual([{ code: 'illegible-reduction', detail: expect.stringContaining('With "quality": "') }]);
    expect(warnings[0]?.detail).toMatch(
      /it is seen at [\d, x]+: [\d,]+ image tokens \(\$[\d.]+\) instead of [\d,]+ image/,
    );
    expect(warnings[0]?.detail).not.toContain('parts');
    expect((await plan(receipt, { task: 'text', quality: 'full' })).warnings).toEqual([]);
  });

  it('leaves room for an answer about several parts, because a cut one costs a second call', async () => {
    for (const task of ['analyze', 'chart', 'extract'] as const) {
      const whole = await plan(LONG_SCREENSHOT, { task });
      const cut = await plan(LONG_SCREENSHOT, { task, parts: 'auto' });
      expect(cut.maxOutputTokens, task).toBeGreaterThan(2 * whole.maxOutputTokens);
      expect(cut.admissionTokens, task).toBeLessThanOrEqual(10_000);
    }
  });

  it('advises pieces where no cut within one request helps', async () => {
    const { warnings, parts } = await plan({ width: 1, height: 100_000 }, { parts: 'auto' });
    expect(parts).toBeUndefined();
    expect(warnings).toEqual([
      {
        code: 'illegible-reduction',
        detail: expect.stringContaining('send it in pieces that are no longer than 2,048'),
      },
    ]);
  });

  it('cuts with parts auto, counts and prices all parts, and fits them into the minute of a deployment', async () => {
    const whole = await plan(LONG_SCREENSHOT);
    const cut = await plan(LONG_SCREENSHOT, { parts: 'auto' });
    expect(cut.parts).toMatchObject({ columns: 1, rows: 4, count: 4 });
    expect(cut.target).toEqual({ width: 693, height: 2048 });
    expect(cut.imageTokens).toBe(4 * 1445);
    expect(cut.prompt.textTokens).toBeGreaterThan(whole.prompt.textTokens);
    expect(cut.maxOutputTokens).toBeGreaterThan(whole.maxOutputTokens);
    expect(cut.admissionTokens).toBe(cut.imageTokens + cut.prompt.textTokens + cut.maxOutputTokens);
    expect(cut.admissionTokens).toBeLessThanOrEqual(10_000);
    expect(cut.estimatedMicroUsd).toBeGreaterThan(57_800);
    expect(cut.warnings).toEqual([
      { code: 'image-in-parts', detail: expect.stringContaining('4 parts of 1,080 x 3,193') },
    ]);
  });

  it('warns of parts that are still too small, where the quota has room for no more', async () => {
    const { warnings, admissionTokens } = await plan({ width: 1280, height: 30_000 }, { parts: 'auto' });
    expect(warnings.map(({ code }) => code)).toEqual(['image-in-parts', 'illegible-reduction']);
    expect(admissionTokens).toBeLessThanOrEqual(10_000);
  });

  it('leaves a legible image whole for every task', async () => {
    const asked = await plan({ width: 1024, height: 768 }, { parts: 'auto' });
    expect(asked).toEqual({ ...(await plan({ width: 1024, height: 768 })), asked: asked.asked });
  });

  it('describes the parts with the same number of tokens for every grid', async () => {
    const texts = await Promise.all(
      [LONG_SCREENSHOT, PANORAMA, STRIP].map((size) => plan(size, { parts: 'auto', task: 'analyze' })),
    );
    expect(new Set(texts.map(({ prompt }) => prompt.textTokens)).size).toBe(1);
    expect(texts.map(({ prompt }) => /comes as \d+ images/.exec(prompt.user)?.[0])).toEqual([
      'comes as 4 images',
      'comes as 5 images',
      'comes as 10 images',
    ]);
  });
});
