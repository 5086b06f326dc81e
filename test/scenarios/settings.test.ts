import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../../local/host/startHost.ts';
import { makeAppFolder } from '../support/appFolder.ts';

let app: { readonly folder: string; readonly remove: () => Promise<void> };
beforeAll(async () => {
  app = await makeAppFolder();
});
afterAll(() => app?.remove());

describe('starting with wrong settings', () => {
  it('ends at once and names every one of them, and shows no value that could be a secret', async () => {
    const started = startHost({
      folder: app.folder,
      settings: {
        AzureWebJobsStorage: 'UseDevelopmentStorage=true',
        IMAGES_STORAGE: 'AccountKey=c2VjcmV0',
        VISION_DEPLOYMENTS: JSON.stringify([
          {
            name: 'one',
            endpoint: 'https://one.openai.azure.com',
            region: 'mars',
            model: 'gpt-4o',
            version: '2024-11-20',
            sku: 'GlobalStandard',
            tokensPerMinute: 10,
          },
          {
            name: 'one',
            endpoint: 'ftp://two',
            region: 'westus',
            model: 'gpt-4',
            version: 'vision-preview',
            tokensPerMinute: 0,
          },
        ]),
        DEFAULT_TASK: 'sing',
        INLINE_WAIT_MS: 'soon',
        HTTP_SHARE: '7',
      },
    });
    const message = await started.then(
      async (host) => {
        await host.stop();
        return 'It started.';
      },
      (error: Error) => error.message,
    );
    for (const name of ['VISION_DEPLOYMENTS[1]', 'DEFAULT_TASK', 'INLINE_WAIT_MS', 'HTTP_SHARE', 'IMAGES_STORAGE']) {
      expect(message).toContain(name);
    }
    expect(message).not.toContain('c2VjcmV0');
  });

  it('names the regions that a model is offered in', async () => {
    const started = startHost({
      folder: app.folder,
      settings: {
        AzureWebJobsStorage: 'UseDevelopmentStorage=true',
        IMAGES_STORAGE: 'UseDevelopmentStorage=true',
        VISION_DEPLOYMENTS: JSON.stringify([
          {
            name: 'one',
            endpoint: 'https://one.openai.azure.com',
            region: 'mars',
            model: 'gpt-4',
            version: 'vision-preview',
            sku: 'Standard',
            tokensPerMinute: 10_000,
          },
        ]),
      },
    });
    await expect(started).rejects.toThrow(/mars; it is in: australiaeast, .*swedencentral, switzerlandnorth, westus/s);
  });
});
