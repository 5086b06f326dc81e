import { describe, expect, it } from 'vitest';
import { budgetView, deploymentView, modelViews } from '../../../shared/http/views/poolViews.ts';
import type { DeploymentView } from '../../../shared/pool/ledger.ts';
import { createCalibrations } from '../../../shared/tokens/calibrations.ts';
import { START_MS, seedDeployment, seedPool } from '../../pool/deployments.ts';

const VIEW: DeploymentView = {
  deployment: seedDeployment('westus', { auth: { kind: 'key', keySetting: 'MY_KEY' } }),
  bookedTokens: 3_730,
  freeFromMs: START_MS,
  circuit: { state: 'closed', failures: 0 },
  admissionFactor: 0.4,
  throttled: 1,
  answered: 20,
  latencyMs: { p50: 900, p95: null },
};

describe('deploymentView', () => {
  it('shows state and limits, and neither address nor key', () => {
    expect(deploymentView(VIEW)).toEqual({
      name: 'gpt-4-vision-preview-westus',
      region: 'westus',
      model: 'gpt-4',
      version: 'vision-preview',
      sku: 'Standard',
      quotaScope: 'region:westus',
      tokensPerMinute: 10_000,
      requestsPerMinute: 60,
      bookedTokens: 3_730,
      freeFrom: '2026-11-23T12:00:00.000Z',
      circuit: { state: 'closed' },
      admissionFactor: 0.4,
      throttled: 1,
      answered: 20,
      latencyMs: { p50: 900, p95: null },
    });
  });

  it('names the subscription where the pool spans several', () => {
    const deployment = seedDeployment('westus', { subscription: 'research' });
    expect(deploymentView({ ...VIEW, deployment })).toMatchObject({ subscription: 'research' });
  });

  it('says until when and why a circuit is open', () => {
    const circuit = { state: 'open', untilMs: START_MS + 30_000, reason: 'It answers 401.' } as const;
    expect(deploymentView({ ...VIEW, circuit }).circuit).toEqual({
      state: 'open',
      until: '2026-11-23T12:00:30.000Z',
      reason: 'It answers 401.',
    });
    expect(deploymentView({ ...VIEW, circuit: { state: 'probing', reason: 'answers 401: Who?' } }).circuit).toEqual({
      state: 'probing',
      reason: 'answers 401: Who?',
    });
  });
});

describe('modelViews', () => {
  it("shows what the pool's answers have taught about a model, together and by deployment, and since when", () => {
    const calibrations = createCalibrations();
    const bill = {
      usage: { promptTokens: 400, imageTokens: 510 },
      estimatedTokens: 255,
      textTokens: 100,
      schemaTokens: 0,
    };
    calibrations.learn('gpt-4-vision-preview-westus', bill, START_MS);
    const rows = modelViews(seedPool, calibrations);
    const learned = { factor: 1.0801, samples: 1, since: '2026-11-23T12:00:00.000Z' };
    const nothing = { factor: 1, samples: 0, since: null };
    expect(rows.find(({ version }) => version === 'vision-preview')).toMatchObject({
      inPool: true,
      calibration: {
        ...learned,
        deployments: expect.arrayContaining([
          { name: 'gpt-4-vision-preview-westus', ...learned },
          { name: 'gpt-4-vision-preview-swedencentral', ...nothing },
        ]),
      },
    });
    expect(rows.find(({ name }) => name === 'gpt-4o')).not.toHaveProperty('calibration');
  });

  it('names what other sources say about how a model counts', () => {
    const row = modelViews([], createCalibrations()).find(({ name }) => name === 'gpt-5.4-mini');
    expect(row).toMatchObject({
      inPool: false,
      imageTokens: {
        source: expect.arrayContaining([expect.stringContaining('30,000 patches')]),
        alternatives: [{ rule: { multiplier: 1.62 }, source: [expect.stringContaining('at the launch')] }],
      },
    });
  });
});

describe('budgetView', () => {
  it('shows money in USD and when the budget resets', () => {
    const day = {
      limitMicroUsd: 12_500_000,
      spentMicroUsd: 2_550,
      reservedMicroUsd: 24_000,
      renewsAtMs: Date.UTC(2026, 10, 24),
    };
    expect(budgetView({ day })).toEqual({
      day: { limitUsd: 12.5, spentUsd: 0.00255, reservedUsd: 0.024, renewsAt: '2026-11-24T00:00:00.000Z' },
    });
  });

  it('is nothing without a limit', () => {
    expect(budgetView({})).toBeUndefined();
  });
});
