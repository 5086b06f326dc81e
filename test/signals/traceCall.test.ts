import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { traceCall } from '../../shared/signals/traceCall.ts';
import { ambiguous, filtered, refused, seedDeployment, throttled } from '../pool/deployments.ts';
import { useTelemetry } from './telemetry.ts';

const { measured, spans } = useTelemetry();
const deployment = seedDeployment('westus');
const USAGE = { imageTokens: null, cachedTokens: 0, reasoningTokens: 0, totalTokens: 960 };
const ANSWERED: Outcome = {
  kind: 'answered',
  text: 'A secret recipe.',
  finish: 'stop',
  usage: { ...USAGE, promptTokens: 900, completionTokens: 60 },
  hints: {},
};

const traced = (outcome: Outcome): Promise<unknown> =>
  traceCall({ deployment, maxOutputTokens: 800 }, async () => ({ outcome, tookMs: 1_500 }));

describe('traceCall', () => {
  it('makes a span by the names of the GenAI conventions, without any content', async () => {
    await traced(ANSWERED);
    expect(spans).toEqual([
      {
        name: 'chat gpt-4@vision-preview',
        isError: false,
        hasEnded: true,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'azure.ai.openai',
          'gen_ai.request.model': 'gpt-4@vision-preview',
          'gen_ai.request.max_tokens': 800,
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': 900,
          'gen_ai.usage.output_tokens': 60,
          'server.address': 'westus.openai.azure.com',
          'argus.deployment': 'gpt-4-vision-preview-westus',
          'cloud.region': 'westus',
        },
      },
    ]);
    expect(JSON.stringify(spans)).not.toContain('secret');
  });

  it('measures tokens and duration', async () => {
    await traced(ANSWERED);
    const values = measured.map(({ name, value, attributes }) => [name, value, attributes['gen_ai.token.type']]);
    expect(values).toEqual([
      ['gen_ai.client.operation.duration', 1.5, undefined],
      ['gen_ai.client.token.usage', 900, 'input'],
      ['gen_ai.client.token.usage', 60, 'output'],
    ]);
  });

  it.each([
    [throttled(), 'throttled.quota'],
    [refused('unauthorized', 401), 'refused.unauthorized'],
    [ambiguous('timeout'), 'ambiguous.timeout'],
    [filtered, 'filtered.image'],
  ])('says how a call failed, in words of its own: %j', async (outcome, errorType) => {
    await traced(outcome);
    expect(spans).toMatchObject([{ isError: true, hasEnded: true, attributes: { 'error.type': errorType } }]);
    expect(measured[0]?.attributes['error.type']).toBe(errorType);
    expect(JSON.stringify([spans, measured])).not.toContain('It said');
  });

  it('ends its span when the call throws', async () => {
    const broken = traceCall({ deployment, maxOutputTokens: 800 }, () => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    expect(spans).toMatchObject([{ hasEnded: true }]);
  });
});
