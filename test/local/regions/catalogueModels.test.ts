import { describe, expect, it } from 'vitest';
import { understandChat } from '../../../local/regions/chatRequest.ts';
import { modelRow } from '../../../local/regions/modelRow.ts';
import { allModels } from '../../../shared/catalog/catalog.ts';
import type { Model } from '../../../shared/catalog/model.ts';
import { requestBody } from '../../../shared/vision/requestBody.ts';
import { dataUrl, plainPng } from './cloud.ts';

/** What a pool can ask: models that answer chats and are known to take images. */
const askable = allModels().filter(
  ({ parameters, takesImages }) => parameters.chatCompletions && takesImages === 'yes',
);

const schema = {
  type: 'object',
  properties: { text: { type: 'string' } },
  required: ['text'],
  additionalProperties: false,
} as const;

/** The oldest dated version that takes what Argus sends to a model. */
function firstVersion({ parameters }: Model): string {
  if (parameters.reasoningEfforts.length > 0) return '2024-12-01-preview';
  return parameters.jsonSchema ? '2024-08-01-preview' : '2023-12-01-preview';
}

describe('the models of the catalogue', () => {
  it.each(askable.map((model) => [`${model.name}@${model.version}`, model] as const))(
    '%s is asked only what the emulated service takes, over v1 and over dated versions',
    async (_, model) => {
      const images = [dataUrl(await plainPng())];
      const bodyUnder = (apiVersion: string | null) =>
        requestBody({
          deployment: { deployment: 'any', ...(apiVersion !== null && { apiVersion }) },
          parameters: model.parameters,
          prompt: {
            system: 'Answer as JSON.',
            user: 'Read the text.',
            responseSchema: { name: 'answer', schema },
            sampling: { temperature: 0, topP: 1 },
          },
          images,
          detail: 'high',
          maxOutputTokens: model.limits.maxOutputTokens,
        });
      const row = modelRow(model.name, model.version);
      for (const apiVersion of [null, firstVersion(model), '2025-04-01-preview']) {
        const sent = JSON.parse(JSON.stringify(bodyUnder(apiVersion))) as unknown;
        const understood = understandChat(sent, { model: model.name, row, apiVersion });
        expect(understood.kind === 'refused' ? understood.error.body : 'taken').toBe('taken');
      }
    },
  );
});
