import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { withCosts } from '../../shared/money/analysisCosts.ts';
import type { Usage } from '../../shared/pool/outcome.ts';
import { seedDeployment } from '../pool/deployments.ts';
import { NOON_MS, queuedRecord, runningRecord } from '../support/sampleRecords.ts';

describe('withCosts', () => {
  const usage: Usage = {
    promptTokens: 1_000,
    imageTokens: 765,
    cachedTokens: 0,
    completionTokens: 100,
    reasoningTokens: 0,
    totalTokens: 1_100,
  };
  const model = getModel('gpt-4@vision-preview');
  const deployment = seedDeployment('westus');
  const call = { deployment, usage, model, atMs: NOON_MS };

  it('adds up all calls for an answer', () => {
    const once = withCosts(runningRecord(queuedRecord('valley.jpg')), call);
    expect(once).toMatchObject({
      deployment: { name: deployment.name, region: 'westus', model: 'gpt-4@vision-preview' },
      costMicroUsd: 13_000,
      usage,
    });
    const other = { ...usage, imageTokens: 85, cachedTokens: 30, reasoningTokens: 7 };
    expect(withCosts(once, { ...call, usage: other })).toMatchObject({
      costMicroUsd: 26_000,
      usage: {
        promptTokens: 2_000,
        imageTokens: 850,
        cachedTokens: 30,
        completionTokens: 200,
        reasoningTokens: 7,
        totalTokens: 2_200,
      },
    });
  });

  it('keeps known values when a call reports none', () => {
    const once = withCosts(runningRecord(queuedRecord('valley.jpg')), call);
    expect(withCosts(once, { ...call, usage: null })).toMatchObject({ costMicroUsd: 13_000, usage });
    const unknown = { ...usage, imageTokens: null };
    expect(withCosts(once, { ...call, usage: unknown }).usage?.imageTokens).toBeNull();
    const first = withCosts(runningRecord(queuedRecord('valley.jpg')), { ...call, usage: unknown });
    expect(withCosts(first, call).usage?.imageTokens).toBeNull();
  });

  it('knows no price of a model that another stands in for', () => {
    const own = withCosts(runningRecord(queuedRecord('valley.jpg')), {
      ...call,
      deployment: { ...deployment, isPriced: false },
    });
    expect(own).toMatchObject({ costMicroUsd: null, usage });
    expect(withCosts(own, call).costMicroUsd).toBe(13_000);
    const dear = withCosts(runningRecord(queuedRecord('valley.jpg')), call);
    expect(withCosts(dear, { ...call, deployment: { ...deployment, isPriced: false } }).costMicroUsd).toBe(13_000);
  });
});
