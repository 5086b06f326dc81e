import { describe, expect, it } from 'vitest';
import { allModels } from '../../shared/catalog/catalog.ts';
import { reasoningTokens } from '../../shared/tokens/outputTokens.ts';
import { requestBody } from '../../shared/vision/requestBody.ts';

describe('reasoningTokens', () => {
  it.each([
    [[], 0, 0],
    [['none', 'low'], 0, 0],
    [['minimal', 'low'], 50, 200],
    [['high', 'low'], 300, 1200],
    [['high'], 2000, 8000],
  ])('of a model with the efforts %j are %i as expected and %i at most', (efforts, expected, max) => {
    expect(reasoningTokens(efforts)).toEqual({ expected, max });
  });

  it('are of the effort that is asked for, for every model', () => {
    for (const { parameters } of allModels()) {
      const { reasoning_effort: sent } = requestBody({
        deployment: { deployment: 'any' },
        parameters,
        prompt: { system: '', user: '', sampling: { temperature: 0, topP: 1 } },
        images: [''],
        detail: 'high',
        maxOutputTokens: 800,
      });
      expect(reasoningTokens(sent ? [sent] : [])).toEqual(reasoningTokens(parameters.reasoningEfforts));
    }
  });
});
