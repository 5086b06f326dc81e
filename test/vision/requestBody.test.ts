import { describe, expect, it } from 'vitest';
import type { Parameters } from '../../shared/catalog/model.ts';
import { type RequestParts, requestBody } from '../../shared/vision/requestBody.ts';

const SEED: Parameters = {
  chatCompletions: true,
  outputCap: 'max_tokens',
  temperature: true,
  topP: true,
  reasoningEfforts: [],
  jsonSchema: false,
};
const GPT_5: Parameters = {
  chatCompletions: true,
  outputCap: 'max_completion_tokens',
  temperature: false,
  topP: false,
  reasoningEfforts: ['minimal', 'low', 'medium', 'high'],
  jsonSchema: true,
};
const SCHEMA = { type: 'object', properties: {}, required: [], additionalProperties: false } as const;

function parts(parameters: Parameters): RequestParts {
  return {
    deployment: { deployment: 'gpt-4-vision-preview' },
    parameters,
    prompt: {
      system: 'You read images.',
      user: 'Describe the image.',
      responseSchema: { name: 'describe', schema: SCHEMA },
      sampling: { temperature: 0.7, topP: 0.95 },
    },
    images: ['data:image/png;base64,AAAA'],
    detail: 'high',
    maxOutputTokens: 800,
  };
}

describe('requestBody', () => {
  it('gives the seed model exactly its parameters, and no schema, which it does not take', () => {
    expect(requestBody(parts(SEED))).toEqual({
      model: 'gpt-4-vision-preview',
      messages: [
        { role: 'system', content: 'You read images.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Describe the image.' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'high' } },
          ],
        },
      ],
      max_tokens: 800,
      temperature: 0.7,
      top_p: 0.95,
    });
  });

  it('gives a model that thinks its own cap, the least effort and a strict schema, and no sampling', () => {
    const { messages: _, ...body } = requestBody(parts(GPT_5));
    expect(body).toEqual({
      model: 'gpt-4-vision-preview',
      max_completion_tokens: 800,
      reasoning_effort: 'minimal',
      response_format: { type: 'json_schema', json_schema: { name: 'describe', strict: true, schema: SCHEMA } },
    });
  });

  it.each([
    [['none', 'low', 'medium', 'high', 'xhigh', 'max'], 'none'],
    [['minimal', 'low', 'medium', 'high'], 'minimal'],
    [['low', 'medium', 'high', 'xhigh', 'max'], 'low'],
    [['high'], 'high'],
    [['high', 'low'], 'low'],
    [[], undefined],
    [['unheard-of'], undefined],
  ])('asks a model that offers %j for effort %s', (reasoningEfforts, effort) => {
    expect(requestBody(parts({ ...GPT_5, reasoningEfforts })).reasoning_effort).toBe(effort);
  });

  it.each([
    [['none', 'low', 'medium', 'high'], 'none', undefined],
    [['none', 'low', 'medium', 'high'], 'medium', 'low'],
    [['minimal', 'low', 'medium', 'high'], 'medium', 'minimal'],
    [['low', 'medium', 'high'], 'medium', 'low'],
  ])(
    'asks under a dated version a model that offers %j and thinks at %s by itself for effort %s',
    (efforts, own, effort) => {
      const asked = parts({ ...GPT_5, reasoningEfforts: efforts });
      const dated = { deployment: 'eye', apiVersion: '2025-04-01-preview' };
      const parameters = { ...asked.parameters, reasoningEffortDefault: own };
      expect(requestBody({ ...asked, deployment: dated, parameters }).reasoning_effort).toBe(effort);
    },
  );
  it('sends the parts of an image in their order, all at the same detail', () => {
    const images = ['data:image/png;base64,AAAA', 'data:image/jpeg;base64,BBBB'];
    const [, user] = requestBody({ ...parts(SEED), images }).messages;
    expect(user?.content).toEqual([
      { type: 'text', text: 'Describe the image.' },
      ...images.map((url) => ({ type: 'image_url', image_url: { url, detail: 'high' } })),
    ]);
  });

  it('sends no schema when the task has none', () => {
    const { responseSchema: _, ...prompt } = parts(GPT_5).prompt;
    expect(requestBody({ ...parts(GPT_5), prompt })).not.toHaveProperty('response_format');
  });

  it('keeps a temperature of 0', () => {
    const asked = parts(SEED);
    const body = requestBody({ ...asked, prompt: { ...asked.prompt, sampling: { temperature: 0, topP: 1 } } });
    expect([body.temperature, body.top_p]).toEqual([0, 1]);
  });
});
