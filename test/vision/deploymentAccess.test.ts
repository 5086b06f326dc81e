import { describe, expect, it } from 'vitest';
import { addressOf } from '../../shared/vision/deploymentAccess.ts';

describe('addressOf', () => {
  it('takes the dated path of Azure OpenAI when the deployment has an API version', () => {
    expect(addressOf({ endpoint: 'https://a.openai.azure.com', deployment: 'eyes', apiVersion: '2024-10-21' })).toEqual(
      {
        baseUrl: 'https://a.openai.azure.com/openai/deployments/eyes',
        query: { 'api-version': '2024-10-21' },
      },
    );
  });

  it.each([
    ['https://a.openai.azure.com', 'https://a.openai.azure.com/openai/v1'],
    ['https://a.openai.azure.com/', 'https://a.openai.azure.com/openai/v1'],
    ['https://a.services.ai.azure.com', 'https://a.services.ai.azure.com/openai/v1'],
    ['https://a.openai.azure.com/openai/v1/', 'https://a.openai.azure.com/openai/v1'],
    ['http://localhost:11434/v1', 'http://localhost:11434/v1'],
    ['https://gateway.example/vision/V1', 'https://gateway.example/vision/V1'],
  ])('asks %s without an API version at %s', (endpoint, baseUrl) => {
    expect(addressOf({ endpoint, deployment: 'eyes' })).toEqual({ baseUrl, query: {} });
  });

  it('writes a name with odd characters so that it stays one part of the path', () => {
    expect(addressOf({ endpoint: 'https://a.example', deployment: 'a/b c', apiVersion: '2024-10-21' }).baseUrl).toBe(
      'https://a.example/openai/deployments/a%2Fb%20c',
    );
  });
});
