import { describe, expect, it } from 'vitest';
import { getModel } from '../../shared/catalog/catalog.ts';
import { answerKindOf, answerNeedOf } from '../../shared/modelCalls/answerNeed.ts';
import { lookOf } from '../../shared/pool/imageLook.ts';
import { seedDeployment } from '../pool/deployments.ts';
import { answeredRecord, NOON_MS, REQUEST } from '../support/sampleRecords.ts';

const call = {
  plan: { model: getModel('gpt-4@vision-preview') },
  maxOutputTokens: 800,
  canLower: true,
  deployment: seedDeployment('westus'),
  nowMs: NOON_MS,
};

describe('answerNeedOf', () => {
  it('describes the file, the cap and the price of an output token to the ledger', () => {
    expect(answerNeedOf(answeredRecord(), call)).toEqual({
      kind: answerKindOf(REQUEST),
      look: lookOf({ format: 'jpeg', pixels: 960_000, bytes: 200_000 }),
      capTokens: 800,
      canLower: true,
      outputWeight: 3,
    });
  });

  it('takes four tokens of the prompt for one of the answer where no price is known', () => {
    const provisioned = seedDeployment('westus', { sku: 'ProvisionedManaged' });
    expect(answerNeedOf(answeredRecord(), { ...call, deployment: provisioned })?.outputWeight).toBe(4);
    expect(answerNeedOf(answeredRecord(), { ...call, deployment: undefined })?.outputWeight).toBe(4);
  });

  it('leaves a caller’s own cap alone', () => {
    const record = answeredRecord({ request: { ...REQUEST, maxOutputTokens: 500 } });
    expect(answerNeedOf(record, call)).toBeUndefined();
  });
});

describe('answerKindOf', () => {
  it.each([
    ['question', { task: 'ask', question: 'What is on it?' }],
    ['model', { model: 'gpt-4o@2024-11-20' }],
    ['language', { language: 'de' }],
    ['quality', { quality: 'economy' }],
  ] as const)('is another one for another %s', (_, change) => {
    expect(answerKindOf({ ...REQUEST, ...change })).not.toBe(answerKindOf(REQUEST));
  });
});
