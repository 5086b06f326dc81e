import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertServing } from '../../local/cloud/assertServing.ts';
import { startCloud } from '../../local/cloud/startCloud.ts';
import { type StartedHost, startHost } from '../../local/host/startHost.ts';
import { type StartedStorage, startStorage } from '../../local/storage/startStorage.ts';
import { problemSchema } from '../../shared/http/openApi/analysisSchema.ts';
import { API_CALLS } from '../../shared/http/openApi/openApiDocument.ts';
import { wrongSettingsSchema } from '../../shared/http/openApi/poolSchemas.ts';
import { makeAppFolder } from '../support/appFolder.ts';
import { takeAzurite } from '../support/takeAzurite.ts';

const ONE = { name: 'one', region: 'mars', endpoint: 'https://one.openai.azure.com' };
const WRONG = {
  VISION_DEPLOYMENTS: JSON.stringify([
    { ...ONE, model: 'gpt-4o', version: '2024-11-20', sku: 'GlobalStandard', tokensPerMinute: 10 },
    { ...ONE, endpoint: 'ftp://two', region: 'westus', model: 'gpt-4', version: 'vision-preview', tokensPerMinute: 0 },
  ]),
  // A connection string where an address belongs, with its key.
  IMAGES_STORAGE__blobServiceUri: 'AccountName=one;AccountKey=c2VjcmV0',
  IMAGES_STORAGE__queueServiceUri: 'https://one.queue.core.windows.net',
  IMAGES_STORAGE__tableServiceUri: 'https://one.table.core.windows.net',
  DEFAULT_TASK: 'sing',
  // A key of Azure OpenAI in the wrong field.
  INLINE_WAIT_MS: '0123456789abcdef0123456789abcdef',
  HTTP_SHARE: '7',
};
const NAMES = ['VISION_DEPLOYMENTS[1]', 'DEFAULT_TASK', 'INLINE_WAIT_MS', 'HTTP_SHARE', 'IMAGES_STORAGE'];

let app: { readonly folder: string; readonly remove: () => Promise<void> };
let storage: StartedStorage;
let host: StartedHost;
const lines: string[] = [];
beforeAll(async () => {
  [app, storage] = await Promise.all([makeAppFolder(), startStorage({ azurite: await takeAzurite() })]);
  host = await startHost({
    folder: app.folder,
    keys: 'enforced',
    graceSeconds: 0,
    settings: { ...WRONG, AzureWebJobsStorage: storage.connectionString },
    onLine: (line) => lines.push(line),
  });
});
afterAll(async () => {
  await host?.kill();
  await storage?.stop();
  await app?.remove();
});

describe('wrong settings', () => {
  it('answer GET /health with 503, every one of them by name, and no value that could be a key', async () => {
    const health = await fetch(`${host.url}/api/health`);
    expect(health.status).toBe(503);
    const text = await health.text();
    expect(wrongSettingsSchema.parse(JSON.parse(text)).status).toBe('settings-wrong');
    for (const name of NAMES) expect(text).toContain(name);
    expect(text).not.toContain('c2VjcmV0');
    expect(text).not.toContain('0123456789abcdef');
  });

  it.each(API_CALLS.filter(({ operationId }) => operationId !== 'health'))(
    'answer $method $path with 503 and one sentence, to a caller without a key too',
    async ({ method, path }) => {
      const call = `${host.url}/api${path.replace('{id}', 'f'.repeat(32))}`;
      const answer = await fetch(call, { method: method.toUpperCase() });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const problem = problemSchema.parse(await answer.json());
      expect(problem).toMatchObject({
        code: 'settings-wrong',
        detail: expect.stringMatching(/^\d settings of the app/),
      });
    },
  );

  it('leave the triggers of uploads and messages out, so that no message comes to a function that must fail', () => {
    expect(host.functions.filter((name) => name.startsWith('on'))).toEqual(['onTimer']);
  });

  it('answer the webhook of uploads with 404: Event Grid then writes a dead letter, which the timer queues later', async () => {
    const webhook = `${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.onImageUploaded`;
    const code = encodeURIComponent(host.keys?.systemKeys.blobs_extension ?? '');
    const headers = { 'aeg-event-type': 'Notification' };
    expect((await fetch(`${webhook}&code=${code}`, { method: 'POST', headers, body: '[]' })).status).toBe(404);
  });

  it('leave every message in its queue', async () => {
    const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
    for (const name of ['analyses-due', 'image-events', 'image-events-poison', 'webjobs-blobtrigger-poison']) {
      await queues.createQueue(name);
      await queues.getQueueClient(name).sendMessage('e30=');
    }
    // The timer of this minute or the next has run when its failure is in the log.
    await expect.poll(() => lines.join('\n'), { timeout: 90_000 }).toContain("'Functions.onTimer' (Failed)");
    for (const name of ['analyses-due', 'image-events', 'image-events-poison', 'webjobs-blobtrigger-poison']) {
      const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages();
      expect(peekedMessageItems.map(({ dequeueCount }) => dequeueCount)).toEqual([0]);
    }
  }, 120_000);

  it('stand in one line of the log at the start, and in the failure of the timer each minute', () => {
    const [first = ''] = lines.filter((line) => line.startsWith('The settings of the app are wrong'));
    const failure = lines.find((line) => line.includes("'Functions.onTimer' (Failed)")) ?? '';
    expect(failure).toMatch(/^\S+ error Function\.onTimer/);
    for (const name of NAMES) expect(first).toContain(name);
    expect(lines.join('\n')).not.toContain('c2VjcmV0');
  });
});

describe('assertServing', () => {
  it('shows every wrong setting at a terminal', async () => {
    const message = await assertServing(host).catch((error: Error) => error.message);
    expect(message).toMatch(/^The settings of the app are wrong:\n {2}/);
    for (const name of NAMES) expect(message).toContain(name);
  });

  it('says so where the app has no function', async () => {
    await expect(assertServing({ ...host, functions: [], errors: ['It is not built.'] })).rejects.toThrow(
      'The app has no function. It is not built.',
    );
  });
});

describe('startCloud', () => {
  it('ends at once, and names the regions that a model is offered in', async () => {
    const deployment = { ...ONE, model: 'gpt-4', version: 'vision-preview', sku: 'Standard', tokensPerMinute: 10_000 };
    const started = startCloud({ appFolder: app.folder, deployments: JSON.stringify([deployment]) });
    await expect(started).rejects.toThrow(/mars; it is in: australiaeast, .*swedencentral, switzerlandnorth, westus/s);
  });
});
